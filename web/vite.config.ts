import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

// The server to develop against; the built page always talks to its own origin.
const server = process.env.QINGSHAN_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [vue()],
  // The map's worker is an own file so that the page runs under `worker-src 'self'`.
  worker: { format: "es" },
  build: {
    target: "es2022",
    // An inlined asset would be a data: URL, which the page's CSP refuses for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  define: {
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
    __VUE_OPTIONS_API__: "false",
  },
  server: { proxy: { "/api": server, "/tiles": server } },
  test: { include: ["test/**/*.test.ts"], environment: "node", env: { TZ: "Asia/Shanghai" } },
});
