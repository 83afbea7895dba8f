// What each step asks for, in a sentence or two.
import type { ReactNode } from "react";
import { Keys } from "@/components/Keys";
import type { Step } from "@/tour/tour";

interface Asked {
  readonly title: string;
  readonly text: ReactNode;
}

export const ASKED: Readonly<Record<Step, Asked>> = {
  begin: { title: "Make a workflow", text: "Begin with nothing, or with a template that works already." },
  add: {
    title: "Add a node",
    text: (
      <>
        Press <Keys keys="n" /> on the canvas, write <b>template</b>, press <Keys keys="enter" />. Then write into its
        field <b>Template</b> what it is to say: <b>Good morning</b>
      </>
    ),
  },
  connect: {
    title: "Connect a second one",
    text: (
      <>
        Press <b>+</b> at its output and take <b>Template</b> again. <code>{"{{ input.value }}"}</code> in its field is
        what came over the wire: <b>{"{{ input.value }}, everybody"}</b>
      </>
    ),
  },
  run: {
    title: "Run it",
    text: (
      <>
        Press <b>Run</b>, or <Keys keys="mod+enter" />. It runs as a test, the draft as it is now; nothing is published.
      </>
    ),
  },
  look: { title: "See the values", text: "They stand on the wires. Press a node: what came in and what it gave is at the right." },
  publish: {
    title: "Publish it",
    text: (
      <>
        Back on the canvas (<b>Edit</b>), press <b>Publish</b>, with a note on what is new. It can be rolled back at any
        time.
      </>
    ),
  },
  deploy: {
    title: "Let it run by itself",
    text: (
      <>
        Press <b>Deploy</b>. Under <b>Times</b> take <b>Every so many seconds</b>, then press <b>Deploy</b>.
      </>
    ),
  },
};
