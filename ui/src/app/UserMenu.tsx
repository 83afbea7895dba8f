// Who is signed in: how the editor looks for them, and the way out.
import { Menu, SegmentedControl, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import { ChevronsUpDown, Footprints, Keyboard, LogOut } from "lucide-react";
import { perform } from "@/actions/actions";
import { signOut, useMay, useMe } from "@/api/me";
import { OpenShortcuts } from "@/app/ShortcutSheet";
import classes from "@/app/UserMenu.module.css";
import { Heard } from "@/app/Heard";
import { tellProblem } from "@/components/notices";
import { OpenTour } from "@/tour/TourSlot";

export function UserMenu() {
  const me = useMe();
  const mayEdit = useMay("editor");
  return (
    <Menu width={224} position="top-start">
      <Menu.Target>
        <button type="button" className={classes.user}>
          <span className={classes.initial} aria-hidden="true">
            {me.name.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.words}>
            <span className={classes.name}>{me.name}</span>
            <Heard role={me.role} />
          </span>
          <VisuallyHidden>Account and appearance</VisuallyHidden>
          <ChevronsUpDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Colours />
        <Menu.Divider />
        <Menu.Item leftSection={<Keyboard size={15} />} onClick={() => perform(OpenShortcuts)}>
          Keyboard shortcuts
        </Menu.Item>
        {mayEdit && (
          <Menu.Item leftSection={<Footprints size={15} />} onClick={() => perform(OpenTour)}>
            First steps
          </Menu.Item>
        )}
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void signOut().catch(tellProblem)}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const COLOURS = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "Auto" },
] as const;

function Colours() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes.colours}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="Appearance"
        data={[...COLOURS]}
        value={colorScheme}
        onChange={setColorScheme}
      />
    </div>
  );
}
