// The session of this browser: the token that changes carry, and the way to sign in again.

let token: string | null = null;

/** `GET /me` tells it. */
export function keepToken(csrf: string | null | undefined): void {
  token = csrf ?? null;
}

export function currentToken(): string | null {
  return token;
}

/** Where to sign in, so that one comes back to where one is now. */
export function signInAddress(at: Pick<Location, "pathname" | "search"> = window.location): string {
  const here = at.pathname + at.search;
  return here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`;
}

export function leaveToSignIn(): void {
  window.location.assign(signInAddress());
}
