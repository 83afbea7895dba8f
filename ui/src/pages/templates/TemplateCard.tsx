// A template in the gallery.
import { useInViewport } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type Template, templateOne } from "@/api/templates";
import { CardText, GraphCard } from "@/components/GraphCard";
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
  return (
    <GraphCard
      title={title}
      to={templateAddress(name)}
      pictureRef={ref}
      picture={detail.data && <GraphMiniature graph={detail.data.graph} isQuiet={!usable} />}
      foot={
        <>
          <span>{titled(category)}</span>
          <span>{DIFFICULTY_WORDS[difficulty]}</span>
          {source === "published" && <span>by {author ?? "somebody here"}</span>}
          <span className={classes.facts}>{usable ? factsOf(template).slice(0, 1).join("") : "Not installed here"}</span>
        </>
      }
    >
      <CardText lines={3}>{description}</CardText>
    </GraphCard>
  );
}
