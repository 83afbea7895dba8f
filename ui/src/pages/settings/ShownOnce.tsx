// A text that is told this once: to copy, and then to put away.
import { Button, CopyButton } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import type { ReactNode } from "react";
import classes from "@/pages/settings/ShownOnce.module.css";

interface Props {
  title: string;
  text: string;
  children: ReactNode;
  onClose: () => void;
}

export function ShownOnce({ title, text, children, onClose }: Props) {
  return (
    <div className={classes.once} role="status" aria-label={title}>
      <p className={classes.title}>{title}</p>
      <p className={classes.words}>{children}</p>
      <code className={classes.text}>{text}</code>
      <div className={classes.buttons}>
        <CopyButton value={text} timeout={3000}>
          {({ copied, copy }) => (
            <Button leftSection={copied ? <Check size={15} /> : <Copy size={15} />} onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          I have it
        </Button>
      </div>
    </div>
  );
}
