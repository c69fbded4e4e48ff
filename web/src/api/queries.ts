import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue, watch } from "vue";
import type { Lang } from "../app/view";
import {
  ApiError,
  type Question,
  readEvents,
  readFaces,
  readReferenceAreas,
  readRemaining,
  readSite,
  readSites,
  readStatus,
  readTimeline,
} from "./client";
import type { GradeNumber } from "./types";

/** How often the page asks whether the server is there and its data have changed. */
const POLL_MS = 15_000;

/** The server answers the same question the same way until its revision moves on. */
const UNTIL_REVISION = { staleTime: Number.POSITIVE_INFINITY, gcTime: 10 * 60_000 };

/** A refusal will be refused again; only an unreachable server is worth another try. */
export function shouldRetry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ApiError && error.isUnreachable;
}

export function useStatus(lang: MaybeRefOrGetter<Lang>) {
  const client = useQueryClient();
  const status = useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => readStatus({ lang: toValue(lang), signal }),
    refetchInterval: POLL_MS,
    retry: false,
  });
  watch(
    () => status.data.value?.revision,
    (now, before) => {
      if (before === undefined || now === before) return;
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "status" });
    },
  );
  // What failed while the server was away is asked again as soon as it answers.
  watch(status.isError, (isAway, wasAway) => {
    if (isAway || !wasAway) return;
    void client.refetchQueries({ predicate: (query) => query.state.status === "error" });
  });
  return status;
}

export function useReferenceAreas(lang: MaybeRefOrGetter<Lang>) {
  return useQuery({
    queryKey: ["reference-areas"],
    queryFn: ({ signal }) => readReferenceAreas({ lang: toValue(lang), signal }),
    ...UNTIL_REVISION,
  });
}

/** Titles come in the language of the request, so the language is part of the key. */
export function useRemaining(question: MaybeRefOrGetter<Question>, lang: MaybeRefOrGetter<Lang>) {
  return useQuery({
    queryKey: ["remaining", computed(() => toValue(question)), computed(() => toValue(lang))],
    queryFn: ({ signal }) => readRemaining(toValue(question), { lang: toValue(lang), signal }),
    placeholderData: keepPreviousData,
    ...UNTIL_REVISION,
  });
}

export function useSites(question: MaybeRefOrGetter<Question>, lang: MaybeRefOrGetter<Lang>) {
  return useQuery({
    queryKey: ["sites", computed(() => toValue(question))],
    queryFn: ({ signal }) => readSites(toValue(question), { lang: toValue(lang), signal }),
    placeholderData: keepPreviousData,
    ...UNTIL_REVISION,
  });
}

export function useSite(
  code: MaybeRefOrGetter<string>,
  question: MaybeRefOrGetter<Question>,
  lang: MaybeRefOrGetter<Lang>,
) {
  return useQuery({
    queryKey: [
      "site",
      computed(() => toValue(code)),
      computed(() => toValue(question)),
      computed(() => toValue(lang)),
    ],
    queryFn: ({ signal }) =>
      readSite(toValue(code), toValue(question), { lang: toValue(lang), signal }),
    // Another date of the same site may stand in for a moment; another site may not.
    placeholderData: (before) => (before?.code === toValue(code) ? before : undefined),
    ...UNTIL_REVISION,
  });
}

export function useEvents(code: MaybeRefOrGetter<string>, lang: MaybeRefOrGetter<Lang>) {
  return useQuery({
    queryKey: ["events", computed(() => toValue(code))],
    queryFn: ({ signal }) => readEvents(toValue(code), { lang: toValue(lang), signal }),
    ...UNTIL_REVISION,
  });
}

export function useTimeline(grade: MaybeRefOrGetter<GradeNumber>, lang: MaybeRefOrGetter<Lang>) {
  return useQuery({
    queryKey: ["timeline", computed(() => toValue(grade))],
    queryFn: ({ signal }) => readTimeline(toValue(grade), { lang: toValue(lang), signal }),
    placeholderData: keepPreviousData,
    ...UNTIL_REVISION,
  });
}

export function useFaces(grade: MaybeRefOrGetter<GradeNumber>, lang: MaybeRefOrGetter<Lang>) {
  return useQuery({
    queryKey: ["faces", computed(() => toValue(grade))],
    queryFn: ({ signal }) => readFaces(toValue(grade), { lang: toValue(lang), signal }),
    placeholderData: keepPreviousData,
    ...UNTIL_REVISION,
  });
}
