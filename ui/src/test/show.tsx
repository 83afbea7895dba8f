// A component as it stands in the app: with the theme, a cache of its own, and an address.
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { makeQueryClient } from "@/api/queryClient";
import { Providers } from "@/app/Providers";

export function show(children: ReactNode, { at = "/" }: { at?: string } = {}) {
  return render(
    <Providers client={makeQueryClient()}>
      <MemoryRouter initialEntries={[at]}>{children}</MemoryRouter>
    </Providers>,
  );
}
