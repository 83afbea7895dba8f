// What the API refuses, as an exception.

export interface Issue {
  code: string;
  message: string;
  path: string;
  line?: number | null;
  column?: number | null;
  remedy?: string | null;
  severity?: "error" | "warning";
}

interface Problem {
  code: string;
  title?: string;
  remedy?: string | null;
  issues?: Issue[] | null;
  details?: Record<string, unknown> | null;
}

/**
 * A request that was refused, or failed. `code` is stable and meant for programs; `message` and `remedy` are for
 * people; `issues` lists everything that was wrong at once. `status` is HTTP's, 0 where there was no answer.
 */
export class TreadleApiError extends Error {
  override readonly name: string = "TreadleApiError";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly remedy: string | null = null,
    readonly issues: readonly Issue[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly requestId: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The server was not reached, or went away, and did not come back in time. */
export class TreadleConnectionError extends TreadleApiError {
  override readonly name = "TreadleConnectionError";
}

export function unreachable(url: string, cause: unknown): TreadleConnectionError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const remedy = "Is it running (`treadle up`), and is this its address?";
  const message = `Treadle at ${url} cannot be reached: ${why}.`;
  return new TreadleConnectionError("unreachable", message, 0, remedy, [], {}, null, { cause });
}

function isProblem(said: unknown): said is Problem {
  return typeof said === "object" && said !== null && "code" in said && typeof said.code === "string";
}

/** Of an answer whose body nobody has read yet. */
export async function readProblem(response: Response): Promise<TreadleApiError> {
  const requestId = response.headers.get("x-request-id");
  const text = await response.text();
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    said = null;
  }
  if (!isProblem(said)) {
    const code = `http_${response.status}`;
    return new TreadleApiError(code, `The request was answered with status ${response.status}.`, response.status, null, [], {}, requestId);
  }
  const { code, title, remedy, issues, details } = said;
  return new TreadleApiError(code, title ?? code, response.status, remedy ?? null, issues ?? [], details ?? {}, requestId);
}
