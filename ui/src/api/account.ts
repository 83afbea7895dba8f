// One's own account: the password, and the browsers that are signed in.
import { queryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Session = Model<"Session">;

export const mySessions = queryOptions({
  queryKey: [...keys.me, "sessions"],
  queryFn: ({ signal }) => read(api.GET("/me/sessions", { signal })),
});

export function changePassword(password: string, current: string | null): Promise<void> {
  return done(api.PUT("/me/password", { body: { password, current_password: current } }));
}

export function endMySession(id: string): Promise<void> {
  return done(api.DELETE("/me/sessions/{session_id}", { params: { path: { session_id: id } } }));
}

export function endMyOtherSessions() {
  return read(api.DELETE("/me/sessions"));
}
