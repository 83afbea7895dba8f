// All shortcuts that count here, from the registry.
import { Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Keyboard } from "lucide-react";
import { useMemo } from "react";
import { type Action, useRegistry } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import classes from "@/app/ShortcutSheet.module.css";
import { Keys } from "@/components/Keys";

export const OpenShortcuts = "shortcuts.open";

export function ShortcutSheet() {
  const [isOpen, { open, close }] = useDisclosure(false);
  const actions = useMemo<Action[]>(
    () => [
      {
        id: OpenShortcuts,
        title: "Keyboard shortcuts",
        section: "General",
        icon: Keyboard,
        keys: "?",
        run: open,
      },
    ],
    [open],
  );
  useActions(actions);
  const registry = useRegistry((state) => state.actions);
  const sections = Map.groupBy(
    [...registry.values()].filter((one) => one.keys !== undefined),
    (one) => one.section,
  );
  return (
    <Modal opened={isOpen} onClose={close} title="Keyboard shortcuts">
      {[...sections].map(([section, found]) => (
        <section key={section} className={classes.section}>
          <h3>{section}</h3>
          <dl>
            {found.map((action) => (
              <div key={action.id}>
                <dt>{action.title}</dt>
                <dd>
                  <Keys keys={action.keys ?? ""} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
