// Text as descriptions are written: a little Markdown.
import classes from "@/components/Prose.module.css";
import { type Inline, inlines, readProse } from "@/format/prose";

export function Prose({ children }: { children: string }) {
  return (
    <div className={classes.prose}>
      {readProse(children).map((block, at) => {
        const key = `${at} ${block.is}`;
        if (block.is === "code") return <pre key={key}>{block.text}</pre>;
        if (block.is === "paragraph") return <p key={key}><Parts parts={block.parts} /></p>;
        return (
          <ul key={key}>
            {block.items.map((item) => (
              <li key={item.map(({ text }) => text).join("")}>
                <Parts parts={item} />
              </li>
            ))}
          </ul>
        );
      })}
    </div>
  );
}

/** One line of it, inside something else. */
export function Line({ children }: { children: string }) {
  return <Parts parts={inlines(children)} />;
}

function Parts({ parts }: { parts: readonly Inline[] }) {
  return parts.map(({ is, text }, at) => {
    const key = `${at} ${text}`;
    if (is === "code") return <code key={key} className={classes.code}>{text}</code>;
    return is === "strong" ? <strong key={key}>{text}</strong> : <span key={key}>{text}</span>;
  });
}
