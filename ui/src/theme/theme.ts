// Mantine, as Treadle looks: our names for colours behind its own, dense controls, nothing that fails AA.
import {
  ActionIcon,
  Button,
  createTheme,
  type CSSVariablesResolver,
  Drawer,
  localStorageColorSchemeManager,
  Menu,
  Modal,
  MultiSelect,
  Notification,
  NumberInput,
  PasswordInput,
  Select,
  TagsInput,
  Textarea,
  TextInput,
  Tooltip,
} from "@mantine/core";
import looks from "@/theme/mantine.module.css";

/** `public/colours.js` reads it before anything is drawn. */
export const colourSchemes = localStorageColorSchemeManager({ key: "treadle-colours" });

/** What a dialog stands before can still be read. */
export const overlay = { backgroundOpacity: 0.4, blur: 0 };

/** The cross of a dialog or a notice has a sign only. */
const named = { "aria-label": "Close" };

const small = { defaultProps: { size: "sm" } };
const field = { defaultProps: { size: "sm", inputWrapperOrder: ["label", "description", "input", "error"] } };

export const theme = createTheme({
  primaryColor: "dye",
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  colors: {
    // Mantine's own greys are cold: these are the neutrals of `tokens.css`.
    gray: [
      "#f6f4f0",
      "#f1eee8",
      "#e5e0d8",
      "#d9d3c8",
      "#c2bbae",
      "#a29b8e",
      "#8d867b",
      "#6b655c",
      "#57524a",
      "#1f1d1a",
    ],
    dark: [
      "#eceaf0",
      "#b3afba",
      "#9a96a2",
      "#7d7984",
      "#4a4751",
      "#302e35",
      "#201f24",
      "#19181c",
      "#151417",
      "#121114",
    ],
    dye: [
      "#f0f0fc",
      "#e0e1f8",
      "#c3c5f1",
      "#a6aaf0",
      "#868be6",
      "#6c71da",
      "#585dce",
      "#4a4fc1",
      "#3f44b4",
      "#33389a",
    ],
  },
  fontFamily: "var(--td-font)",
  fontFamilyMonospace: "var(--td-mono)",
  headings: {
    fontFamily: "var(--td-font)",
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.75rem" },
      h2: { fontSize: "0.9375rem", lineHeight: "1.375rem" },
      h3: { fontSize: "0.875rem", lineHeight: "1.25rem" },
    },
  },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  defaultRadius: "var(--td-radius)",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: "subtle", color: "gray", size: 30 },
      classNames: { root: looks.icon ?? "" },
    }),
    Button: Button.extend(small),
    Menu: Menu.extend({ defaultProps: { shadow: "md", position: "bottom-end" } }),
    // The frame scrolls, not the page: there is nothing to hold still behind a dialog.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, overlayProps: overlay, closeButtonProps: named },
      classNames: { content: looks.surface ?? "", title: looks.title ?? "" },
    }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, overlayProps: overlay, closeButtonProps: named } }),
    MultiSelect: MultiSelect.extend(field as object),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: named } }),
    NumberInput: NumberInput.extend(field as object),
    PasswordInput: PasswordInput.extend(field as object),
    Select: Select.extend(field as object),
    TagsInput: TagsInput.extend(field as object),
    Textarea: Textarea.extend(field as object),
    TextInput: TextInput.extend(field as object),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: false } }),
  },
});

const shared = {
  "--mantine-color-body": "var(--td-sheet)",
  "--mantine-color-text": "var(--td-ink)",
  "--mantine-color-dimmed": "var(--td-soft)",
  "--mantine-color-placeholder": "var(--td-faint)",
  "--mantine-color-error": "var(--td-bad)",
  "--mantine-color-anchor": "var(--td-accent)",
  "--mantine-color-default": "var(--td-raised)",
  "--mantine-color-default-hover": "var(--td-hover)",
  "--mantine-color-default-color": "var(--td-ink)",
  "--mantine-color-default-border": "var(--td-line)",
  "--mantine-color-gray-light-color": "var(--td-soft)",
  "--mantine-color-gray-light-hover": "var(--td-hover)",
  "--mantine-color-dye-light": "var(--td-accent-tint)",
  "--mantine-color-dye-light-color": "var(--td-accent)",
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
