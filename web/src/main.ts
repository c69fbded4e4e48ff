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
  const query = Object.fromEntries(new URLSearchParams(location.search));
  await switchLanguage(preferredView(query).lang);
  createApp(App)
    .use(router)
    .use(i18n)
    .use(VueQueryPlugin, {
      queryClientConfig: {
        defaultOptions: {
          queries: { retry: shouldRetry, networkMode: "always", refetchOnWindowFocus: false },
        },
      },
    })
    .mount("#app");
}

void start();
