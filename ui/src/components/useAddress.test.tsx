import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { changed, useAddress } from "@/components/useAddress";
import { show } from "@/test/show";

it("sets and removes", () => {
  expect(changed(new URLSearchParams("a=1&b=2"), { a: null, b: "3", c: "" }).toString()).toBe("b=3");
});

function Shown() {
  const { query, set } = useAddress();
  const change = () => {
    set({ at: "1" });
    set({ sort: "profit" });
    set((before) => ({ sort: before.get("sort") === "profit" ? "-profit" : "profit" }));
  };
  return (
    <button type="button" onClick={change}>
      {query.toString()}
    </button>
  );
}

it("loses no change to one that came just before it", async () => {
  show(<Shown />, { at: "/backtests/x?node=rsi" });
  await userEvent.click(screen.getByRole("button"));
  expect(screen.getByRole("button").textContent).toBe("node=rsi&at=1&sort=-profit");
});
