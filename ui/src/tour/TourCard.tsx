// The first steps at the side: one at a time, on the real pages. It stands in nobody's way, and can be left and resumed.
import { ActionIcon, Button } from "@mantine/core";
import { useQueryClient, useMutation } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useEffect } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { createBlank } from "@/api/library";
import { keys } from "@/api/keys";
import { ApiProblem } from "@/api/problem";
import { tellProblem } from "@/components/notices";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { useSaving } from "@/pages/workflow/store/saving";
import { ASKED } from "@/tour/steps";
import { type Canvas, currentStep, STEPS, tourAfter, useTour } from "@/tour/tour";
import classes from "@/tour/TourCard.module.css";

export default function TourCard() {
  const { tour, change } = useTour();
  useProgress();
  const step = currentStep(tour);
  useMark(step);
  const count = tour.done.length;
  return (
    <section className={classes.card} aria-label="First steps">
      <header className={classes.head}>
        <h2>{step === undefined ? "It runs by itself" : `First steps · ${STEPS.indexOf(step) + 1} of ${STEPS.length}`}</h2>
        <ActionIcon
          size={24}
          aria-label={step === undefined ? "Close the first steps" : "Leave the first steps; your account's menu has them"}
          title={step === undefined ? "Close" : "Leave; your account's menu has them"}
          onClick={() => change(step === undefined ? { isOn: false, isOver: true } : { isOn: false })}
        >
          <X size={14} />
        </ActionIcon>
      </header>
      <ol className={classes.dots} aria-label={`${count} of ${STEPS.length} done`}>
        {STEPS.map((one) => (
          <li key={one} data-done={tour.done.includes(one) || undefined} data-now={one === step || undefined} title={ASKED[one].title}>
            {tour.done.includes(one) && <Check size={9} strokeWidth={3} aria-hidden="true" />}
            <span className={classes.hidden}>
              {ASKED[one].title}
              {tour.done.includes(one) ? ", done" : ""}
            </span>
          </li>
        ))}
      </ol>
      <div role="status">
        {step === undefined ? (
          <p>You made it, ran it, and put it to work. Its runs appear on this page as they happen; pause it whenever you like.</p>
        ) : (
          <>
            <h3>{ASKED[step].title}</h3>
            <p>{ASKED[step].text}</p>
          </>
        )}
      </div>
      {step === "begin" && <Begin />}
      {step !== undefined && step !== "begin" && tour.workflow !== null && <Back workflow={tour.workflow} />}
      {step === undefined && (
        <Button size="xs" fullWidth onClick={() => change({ isOn: false, isOver: true })}>
          Done
        </Button>
      )}
    </section>
  );
}

/** What somebody does anywhere is what takes them on. */
function useProgress(): void {
  const { pathname, search } = useLocation();
  const tour = useTour((state) => state.tour);
  const change = useTour((state) => state.change);
  const { workflow, issues, mode } = useEditor();
  const { version, isDraft } = useSaving();
  const name = /^\/w\/([^/]+)$/.exec(pathname)?.[1];
  const isShown = name !== undefined && decodeURIComponent(name) === workflow.name && mode === "edit";
  const nodes = workflow.nodes.filter((node) => node.type !== "flow.note").length;
  const canvas: Canvas | undefined = isShown
    ? { name: workflow.name, nodes, connections: workflow.connections.length, errors: issues.errors, isPublished: version !== null && !isDraft }
    : undefined;
  const after = tourAfter(tour, { path: pathname, isNodeChosen: new URLSearchParams(search).has("node"), canvas });
  useEffect(() => {
    if (after !== tour) change({ workflow: after.workflow, done: after.done });
  }, [after, tour, change]);
}

/** The button that is asked for is outlined, wherever it stands. */
function useMark(step: string | undefined): void {
  useEffect(() => {
    if (step === undefined) return;
    document.documentElement.dataset["tour"] = step;
    return () => {
      delete document.documentElement.dataset["tour"];
    };
  }, [step]);
}

const TITLE = "My first workflow";
const MOST_TRIES = 20;

function Begin() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: makeFirst,
    onSuccess: async (name) => {
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      void navigate(`/w/${name}`);
    },
    onError: tellProblem,
  });
  return (
    <div className={classes.buttons}>
      <Button size="xs" ref={goOnHere} loading={making.isPending} onClick={() => making.mutate()}>
        Empty canvas
      </Button>
      <Button size="xs" variant="default" component={Link} to="/templates">
        Templates
      </Button>
    </div>
  );
}

/** Whoever pressed the button that brought it goes on here; a page that is loaded keeps its own beginning. */
function goOnHere(button: HTMLButtonElement | null): void {
  if (button === null || button.dataset["met"] === "yes") return;
  button.dataset["met"] = "yes";
  if (document.activeElement !== document.body) button.focus();
}

async function makeFirst(): Promise<string> {
  for (let at = 1; ; at += 1) {
    const name = at === 1 ? "my-first-workflow" : `my-first-workflow-${at}`;
    try {
      await createBlank(name, at === 1 ? TITLE : `${TITLE} ${at}`);
      return name;
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || thrown.status !== 409 || at >= MOST_TRIES) throw thrown;
    }
  }
}

function Back({ workflow }: { workflow: string }) {
  const { pathname } = useLocation();
  const address = `/w/${encodeURIComponent(workflow)}`;
  if (pathname === address || pathname.startsWith(`${address}/`)) return null;
  return (
    <Link className={classes.back} to={address}>
      Back to {workflow}
    </Link>
  );
}
