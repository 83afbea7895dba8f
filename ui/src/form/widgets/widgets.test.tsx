import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useMemo, useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type ExpressionPlace, Place } from "@/expression/place";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { JsonObject, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import type { FieldKind } from "@/model/catalogue";
import { show } from "@/test/show";

const CONTEXT = { mode: "template", nodes: [], workflowInputs: [], inputs: [], names: [], loop: [], secrets: false, functions: [] } as const;

function Held({ schema, start, kind, onValue }: { schema: Schema; start: JsonObject; kind: FieldKind; onValue: (value: JsonObject) => void }) {
  const [value, setValue] = useState(start);
  const place = useMemo(
    (): ExpressionPlace => ({ contextAt: () => CONTEXT, kindAt: () => kind, samples: {}, focus: () => undefined, insert: () => false }),
    [kind],
  );
  const change = (next: JsonObject) => {
    setValue(next);
    onValue(next);
  };
  return (
    <Place value={place}>
      <SchemaForm schema={schema} value={value} onChange={change} path="config" widgets={NODE_WIDGETS} />
    </Place>
  );
}

function shown(part: Schema, start: JsonObject, kind: FieldKind = "value") {
  const told = vi.fn<(value: JsonObject) => void>();
  show(<Held schema={{ type: "object", properties: { field: part } }} start={start} kind={kind} onValue={told} />);
  return { user: userEvent.setup(), value: () => told.mock.lastCall?.[0] ?? start };
}

beforeEach(() => {
  const answer = { items: [{ name: "t", at: "2026-03-02T08:30:00Z", starts_at: "2026-03-02T08:30:00Z", change: null }] };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(answer)));
});

describe("a field of a config", () => {
  it("can be switched to an expression and back, and means the same", async () => {
    const { user, value } = shown({ type: "integer" }, { field: 3 });
    const flip = screen.getByRole("button", { name: "Field as an expression" });

    await user.click(flip);
    expect(value()).toEqual({ field: "{{ 3 }}" });
    expect(flip.getAttribute("aria-pressed")).toBe("true");

    await user.click(flip);
    expect(value()).toEqual({ field: 3 });
    expect(screen.getByLabelText("Field")).toHaveProperty("value", "3");
  });

  it("that is never a template has no switch", () => {
    shown({ type: "string" }, { field: "{{ x }}" }, "literal");

    expect(screen.queryByRole("button", { name: /as an expression/ })).toBeNull();
    expect(screen.getByLabelText("Field")).toHaveProperty("value", "{{ x }}");
  });
});

describe("a duration", () => {
  it("is put in words, and refused where it is none", async () => {
    const { user, value } = shown({ type: "number", "x-widget": "duration" }, {});

    await user.type(screen.getByLabelText("Field"), "90s");
    expect(value()).toEqual({ field: "90s" });
    expect(screen.getByText("1 minute 30 seconds")).toBeTruthy();

    await user.clear(screen.getByLabelText("Field"));
    await user.type(screen.getByLabelText("Field"), "soon");
    expect(screen.getByText(/Write a number and a unit/)).toBeTruthy();
  });
});

describe("a cron", () => {
  it("is put in words, with its next times", async () => {
    shown({ type: "string", "x-widget": "cron" }, { field: "30 8 * * MON-FRI" }, "literal");

    expect(await screen.findByText(/At 08:30, Monday to Friday/)).toBeTruthy();
    await waitFor(() => expect(screen.getByRole("list", { name: "Next fire times" }).children).toHaveLength(1));
  });
});

describe("a secret", () => {
  it("warns of what is written out, not of a reference", async () => {
    const { user } = shown({ type: "string", format: "password" }, { field: "{{ secrets.token }}" }, "secret");
    expect(screen.queryByText(/Everybody who may read/)).toBeNull();

    await user.clear(screen.getByLabelText("Field", { selector: "input" }));
    await user.type(screen.getByLabelText("Field", { selector: "input" }), "abc");

    expect(screen.getByText(/Everybody who may read/)).toBeTruthy();
  });
});

describe("an amount", () => {
  it("is kept to the last digit", async () => {
    const { user, value } = shown({ type: "string", format: "decimal" }, {}, "literal");

    await user.type(screen.getByLabelText("Field"), "0,10");

    expect(value()).toEqual({ field: "0.10" });
  });
});

describe("fields that may be nothing", () => {
  it("are set up when wanted, and removed", async () => {
    const part: Schema = { anyOf: [{ type: "object", properties: { max: { type: "integer" } } }, { type: "null" }] };
    const { user, value } = shown(part, {}, "literal");
    expect(screen.queryByLabelText("Max")).toBeNull();

    await user.click(screen.getByRole("button", { name: "Set Field" }));
    expect(value()).toEqual({ field: {} });
    await user.click(screen.getByRole("button", { name: "Remove Field" }));

    expect(value()).toEqual({});
  });
});
