// What every page stands in: the theme, what is cached, the routes.
import { useState } from "react";
import { RouterProvider } from "react-router/dom";
import { makeQueryClient } from "@/api/queryClient";
import { Providers } from "@/app/Providers";
import { makeRouter } from "@/app/routes";

export function App() {
  const [client] = useState(makeQueryClient);
  const [router] = useState(() => makeRouter(client));
  return (
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  );
}
