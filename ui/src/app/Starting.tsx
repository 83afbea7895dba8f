// Until it is known who is here. It shows itself only when that takes a while.
import classes from "@/app/Starting.module.css";
import { Logo } from "@/components/Logo";

export function Starting() {
  return (
    <div className={classes.starting} role="status" aria-label="Treadle is loading">
      <Logo size={44} />
    </div>
  );
}
