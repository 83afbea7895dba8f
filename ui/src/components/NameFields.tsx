// A title and the name made of it, as long as nobody has written another.
import { TextInput } from "@mantine/core";
import { nameOf, nameTrouble } from "@/format/names";

export interface Naming {
  title: string;
  name: string;
  /** The name was written by hand, and no longer follows the title. */
  isOwnName: boolean;
}

export function namingOf(title: string): Naming {
  return { title, name: nameOf(title), isOwnName: false };
}

export function isNamed({ name }: Naming): boolean {
  return nameTrouble(name) === null;
}

interface Props {
  naming: Naming;
  onChange: (naming: Naming) => void;
}

export function NameFields({ naming, onChange }: Props) {
  const trouble = naming.name === "" && !naming.isOwnName ? null : nameTrouble(naming.name);
  return (
    <>
      <TextInput
        label="Title"
        placeholder="Order desk"
        data-autofocus
        value={naming.title}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...naming, title: value, name: naming.isOwnName ? naming.name : nameOf(value) })
        }
      />
      <TextInput
        label="Name"
        description="What files, links and the API call it."
        required
        error={trouble}
        value={naming.name}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...naming, name: value.toLowerCase(), isOwnName: value !== "" })
        }
      />
    </>
  );
}
