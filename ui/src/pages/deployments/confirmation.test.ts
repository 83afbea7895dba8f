import { describe, expect, it } from "vitest";
import { ApiProblem } from "@/api/problem";
import { askedIn, isSettled, limitWords, placesOrders } from "@/pages/deployments/confirmation";

const details = {
  confirm: "main max_order_notional=500",
  stakes: [{ name: "main", provider: "binance", limits: { max_order_notional: "500" } }],
};
const refused = new ApiProblem("confirmation_required", "It would place real orders.", 409, null, [], details);

describe("what is to be confirmed", () => {
  it("is read from what was refused", () => {
    expect(askedIn(refused)).toEqual({
      text: "main max_order_notional=500",
      stakes: [{ name: "main", provider: "binance", limits: [["max_order_notional", "500"]] }],
    });
  });

  it("is nothing in another refusal", () => {
    expect(askedIn(new ApiProblem("deployment_exists", "There is one.", 409))).toBeNull();
    expect(askedIn(null)).toBeNull();
  });

  it("is settled by just these words", () => {
    expect(isSettled(refused, null)).toBe(false);
    expect(isSettled(refused, "main max_order_notional=5")).toBe(false);
    expect(isSettled(refused, "main max_order_notional=500")).toBe(true);
    expect(isSettled(null, null)).toBe(true);
  });

  it("has limits that can be read", () => {
    expect(limitWords("max_order_notional")).toBe("Max order notional");
  });
});

describe("a workflow that places orders", () => {
  it("has order nodes, however deep", () => {
    expect(placesOrders({ nodes: [{ id: "each", type: "flow.loop", body: { nodes: [{ id: "b", type: "order.market" }] } }] })).toBe(true);
    expect(placesOrders({ nodes: [{ id: "a", type: "data.sort" }] })).toBe(false);
    expect(placesOrders(undefined)).toBe(false);
  });
});
