// Several inputs that belong together, under one name.
import type { ReactNode } from "react";
import { Line } from "@/components/Prose";
import classes from "@/form/Group.module.css";

interface Props {
  label: string;
  description?: string | undefined;
  error: string | null;
  isRequired?: boolean;
  children: ReactNode;
}

export function Group({ label, description, error, isRequired = false, children }: Props) {
  return (
    <fieldset className={classes.group} data-wrong={error !== null || undefined}>
      <legend>
        {label}
        {isRequired && <span aria-hidden="true"> *</span>}
      </legend>
      {description && <p className={classes.description}><Line>{description}</Line></p>}
      {children}
      {error !== null && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
