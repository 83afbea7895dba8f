// How long what was read counts, and when a request is made again.
import { QueryClient } from "@tanstack/react-query";
import { toProblem } from "@/api/problem";

const MOST_TRIES = 3;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < MOST_TRIES && toProblem(error).isPassing,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 8_000),
        // A page that is there already shows its trouble itself.
        throwOnError: false,
      },
      // What changes something is sent again by whoever asked for it.
      mutations: { retry: false },
    },
  });
}
