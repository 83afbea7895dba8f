// Secrets that every run may read: by name only.
import { queryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Secret = Model<"SecretInfo">;

export const secretList = queryOptions({
  queryKey: keys.secrets.all,
  queryFn: ({ signal }) => read(api.GET("/secrets", { signal })),
});

export function setSecret(name: string, value: string) {
  return read(api.PUT("/secrets/{name}", { params: { path: { name } }, body: { value } }));
}

export function deleteSecret(name: string): Promise<void> {
  return done(api.DELETE("/secrets/{name}", { params: { path: { name } } }));
}

export function rotateKey() {
  return read(api.POST("/secrets/rotate"));
}
