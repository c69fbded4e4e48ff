import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { shouldRetry } from "./api/queries";
import App from "./app/App.vue";
import { router } from "./app/router";
import { preferredView } from "./app/useView";
import { i18n, switchLanguage } from "./i18n";
import "./app/tokens.css";
import "./app/base.css";

async function start(): Promise<void> {
  const app = createApp(App).use(router).use(i18n);
  app.use(VueQueryPlugin, {
    queryClientConfig: {
      defaultOptions: {
        queries: { retry: shouldRetry, networkMode: "always", refetchOnWindowFocus: false },
      },
    },
  });
  // The first question must be the address's own, in its own language.
  await router.isReady();
  await switchLanguage(preferredView(router.currentRoute.value.query).lang);
  app.mount("#app");
}

void start();
