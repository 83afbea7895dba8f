// The bar one looks at, as it stands in the address.
import { useCallback } from "react";
import { useAddress } from "@/components/useAddress";

export function useMoment() {
  const { query, set } = useAddress();
  const at = query.get("at");
  const parsed = at === null ? Number.NaN : Date.parse(at);
  const moment = Number.isNaN(parsed) ? null : parsed;
  const setMoment = useCallback((wanted: number | null) => set({ at: wanted === null ? null : new Date(wanted).toISOString() }), [set]);
  return { query, moment, setMoment, set };
}
