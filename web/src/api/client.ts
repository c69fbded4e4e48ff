import type {
  Faces,
  GradeNumber,
  Problem,
  ReferenceAreas,
  Remaining,
  ServerStatus,
  Site,
  SiteDetail,
  SiteEvent,
  Timeline,
} from "./types";

/** A refused request, or one that never reached the server (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }

  get isUnreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

export interface Request {
  lang: string;
  signal?: AbortSignal;
}

/** What every figure is asked for. `asOf` null leaves the date to the server: today. */
export interface Question {
  asOf: string | null;
  grade: GradeNumber;
}

type Params = Record<string, string | number | null | undefined>;

export function urlOf(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") query.set(key, String(value));
  }
  const text = query.toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

async function problemOf(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as Problem;
    return new ApiError(
      response.status,
      problem.code ?? "http.error",
      problem.detail ?? problem.title,
    );
  } catch {
    return new ApiError(response.status, "http.error", `HTTP ${response.status}`);
  }
}

async function read<T>(path: string, params: Params, { lang, signal }: Request): Promise<T> {
  let response: Response;
  try {
    response = await fetch(urlOf(path, params), {
      headers: { accept: "application/json", "accept-language": lang },
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "network.unreachable", "the server cannot be reached", { cause });
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

export async function readStatus(request: Request): Promise<ServerStatus> {
  return (await read<{ status: ServerStatus }>("/status", {}, request)).status;
}

export function readReferenceAreas(request: Request): Promise<ReferenceAreas> {
  return read("/reference-areas", {}, request);
}

export function readRemaining(question: Question, request: Request): Promise<Remaining> {
  return read(
    "/remaining",
    { as_of: question.asOf, grade: question.grade, by: "obligation" },
    request,
  );
}

/** The server's largest page; a county of 5,000 sites is one request. */
const SITES_PER_PAGE = 5000;

export async function readSites(question: Question, request: Request): Promise<Site[]> {
  const sites: Site[] = [];
  let after: string | null = null;
  do {
    const page: { sites: Site[]; meta: { next: string | null } } = await read(
      "/sites",
      { as_of: question.asOf, grade: question.grade, limit: SITES_PER_PAGE, after },
      request,
    );
    sites.push(...page.sites);
    after = page.meta.next;
  } while (after !== null);
  return sites;
}

export async function readSite(
  code: string,
  question: Question,
  request: Request,
): Promise<SiteDetail> {
  const path = `/sites/${encodeURIComponent(code)}`;
  const params = { as_of: question.asOf, grade: question.grade };
  return (await read<{ site: SiteDetail }>(path, params, request)).site;
}

/** Enough for the longest history of one site; the page says when there are more. */
export const EVENTS_SHOWN = 500;

export async function readEvents(code: string, request: Request): Promise<SiteEvent[]> {
  const params = { site: code, limit: EVENTS_SHOWN };
  return (await read<{ events: SiteEvent[] }>("/events", params, request)).events;
}

export async function readTimeline(grade: GradeNumber, request: Request): Promise<Timeline> {
  return (await read<{ timeline: Timeline }>("/timeline", { grade }, request)).timeline;
}

export async function readFaces(grade: GradeNumber, request: Request): Promise<Faces> {
  return (await read<{ faces: Faces }>("/timeline/faces", { grade }, request)).faces;
}
