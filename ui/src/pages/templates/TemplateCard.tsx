// A template in the gallery.
import { useInViewport } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { type Template, templateOne } from "@/api/templates";
import { GraphMiniature } from "@/components/Miniature";
import classes from "@/pages/templates/TemplateCard.module.css";
import { DIFFICULTY_WORDS, factsOf, titled } from "@/pages/templates/templates";

export function templateAddress(name: string): string {
  return `/templates/${encodeURIComponent(name)}`;
}

export function TemplateCard({ template }: { template: Template }) {
  const { name, title, description, category, difficulty, source, author, usable } = template;
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const detail = useQuery({ ...templateOne(name), enabled: inViewport });
  const facts = factsOf(template);
  return (
    <li className={classes.card}>
      <div className={classes.picture} ref={ref}>
        {detail.data && <GraphMiniature graph={detail.data.graph} isQuiet={!usable} />}
      </div>
      <div className={classes.words}>
        <h2>
          <Link to={templateAddress(name)} className={classes.title}>
            {title}
          </Link>
        </h2>
        <p className={classes.description}>{description}</p>
      </div>
      <div className={classes.foot}>
        <span>{titled(category)}</span>
        <span>{DIFFICULTY_WORDS[difficulty]}</span>
        {source === "published" && <span>by {author ?? "somebody here"}</span>}
        <span className={classes.facts}>{usable ? facts.slice(0, 1).join("") : "Not installed here"}</span>
      </div>
    </li>
  );
}
