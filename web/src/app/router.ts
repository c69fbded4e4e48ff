import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import CountyPanel from "../board/CountyPanel.vue";

const routes: RouteRecordRaw[] = [
  { path: "/", alias: "/board", name: "county", component: CountyPanel },
  { path: "/site/:code", name: "site", component: () => import("../site/SitePanel.vue") },
  { path: "/:rest(.*)*", redirect: "/" },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  // Another page starts at its top; another date or unit of the same page stays where it is.
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
});
