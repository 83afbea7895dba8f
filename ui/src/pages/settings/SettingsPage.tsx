// The settings: a list of parts at the side, one of them beside it.
import { type ComponentType, lazy, Suspense } from "react";
import { Link, useParams } from "react-router";
import { useMe } from "@/api/me";
import { EmptyState } from "@/components/EmptyState";
import { Lines } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { maySee, PARTS, partOf, whyNot } from "@/pages/settings/parts";
import classes from "@/pages/settings/SettingsPage.module.css";

const CONTENT: Record<string, ComponentType> = {
  me: lazy(() => import("@/pages/settings/MePart")),
  keys: lazy(() => import("@/pages/settings/KeysPart")),
  profiles: lazy(() => import("@/pages/settings/ProfilesPart")),
  secrets: lazy(() => import("@/pages/settings/SecretsPart")),
  users: lazy(() => import("@/pages/settings/UsersPart")),
  teams: lazy(() => import("@/pages/settings/TeamsPart")),
  audit: lazy(() => import("@/pages/settings/AuditPart")),
  system: lazy(() => import("@/pages/settings/SystemPart")),
};

export default function SettingsPage() {
  const { role } = useMe();
  const part = partOf(useParams().part);
  const Content = part === undefined ? undefined : CONTENT[part.id];
  return (
    <Page>
      <PageHeader title="Settings" documentTitle={part === undefined ? "Settings" : `${part.title} · Settings`} />
      <div className={classes.columns}>
        <nav className={classes.parts} aria-label="Settings">
          <ul>
            {PARTS.filter((one) => maySee(one, role)).map(({ id, title, icon: Icon }) => (
              <li key={id}>
                <Link to={`/settings/${id}`} className={classes.part ?? ""} aria-current={id === part?.id ? "page" : undefined}>
                  <Icon size={16} strokeWidth={1.85} aria-hidden="true" />
                  {title}
                </Link>
              </li>
            ))}
          </ul>
          <Hidden />
        </nav>
        <div className={classes.content}>
          {part === undefined || Content === undefined ? (
            <EmptyState title="There is no such part of the settings">Choose one of the list.</EmptyState>
          ) : maySee(part, role) ? (
            <Suspense fallback={<Lines count={5} />}>
              <Content />
            </Suspense>
          ) : (
            <EmptyState title={`${part.title}: not for you`}>
              {whyNot(part.least, role)} Ask an administrator to change your role.
            </EmptyState>
          )}
        </div>
      </div>
    </Page>
  );
}

/** What the others are, and whom they are for. */
function Hidden() {
  const { role } = useMe();
  const hidden = PARTS.filter((part) => !maySee(part, role));
  if (hidden.length === 0) return null;
  const of = (least: string) => hidden.filter((part) => part.least === least).map((part) => part.title);
  const lines = [
    { who: "operators and above", parts: of("operator") },
    { who: "administrators", parts: of("admin") },
  ].filter(({ parts }) => parts.length > 0);
  return (
    <div className={classes.hidden}>
      {lines.map(({ who, parts }) => (
        <p key={who}>
          {new Intl.ListFormat("en").format(parts)} {parts.length === 1 ? "is" : "are"} for {who}.
        </p>
      ))}
    </div>
  );
}
