// What was refused; where that is a confirmation, what is at stake and a box to agree to it.
import { Checkbox } from "@mantine/core";
import { ProblemNotice } from "@/components/ProblemNotice";
import { type Asked, askedIn, limitWords } from "@/pages/deployments/confirmation";
import classes from "@/pages/deployments/Refused.module.css";

interface Props {
  error: unknown;
  /** What was agreed to so far. */
  confirmed: string | null;
  onConfirm: (text: string | null) => void;
}

export function Refused({ error, confirmed, onConfirm }: Props) {
  const asked = askedIn(error);
  if (asked === null) return error === null || error === undefined ? null : <ProblemNotice error={error} />;
  return <AtStake asked={asked} isConfirmed={asked.text === confirmed} onConfirm={onConfirm} />;
}

interface AtStakeProps {
  asked: Asked;
  isConfirmed: boolean;
  onConfirm: (text: string | null) => void;
}

export function AtStake({ asked: { text, stakes }, isConfirmed, onConfirm }: AtStakeProps) {
  return (
    <section className={classes.stakes} aria-label="Real orders">
      <h3>This places real orders</h3>
      {stakes.map(({ name, provider, limits }) => (
        <dl key={`${provider} ${name}`}>
          <div>
            <dt>{provider === name ? "Venue" : "Profile"}</dt>
            <dd>
              <strong>{name}</strong>
              {provider !== name && ` at ${provider}`}
            </dd>
          </div>
          {limits.map(([limit, value]) => (
            <div key={limit}>
              <dt>{limitWords(limit)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
          {limits.length === 0 && (
            <div>
              <dt>Limits</dt>
              <dd className={classes.none}>None: nothing keeps an order small.</dd>
            </div>
          )}
        </dl>
      ))}
      <Checkbox
        label={`Place real orders: ${text}`}
        checked={isConfirmed}
        onChange={(event) => onConfirm(event.currentTarget.checked ? text : null)}
      />
    </section>
  );
}
