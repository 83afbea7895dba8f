// A result as a file, and as one page to send to somebody.
import { Button, Menu } from "@mantine/core";
import { ChevronDown, FileChartLine, FileDown } from "lucide-react";
import { type ExportFormat, exportAddress, reportAddress } from "@/api/backtests";

const FILES: readonly { format: ExportFormat; what?: "equity" | "fills"; title: string }[] = [
  { format: "json", title: "Everything, as JSON" },
  { format: "csv", title: "Trades, as CSV" },
  { format: "csv", what: "equity", title: "Equity, as CSV" },
  { format: "csv", what: "fills", title: "Fills, as CSV" },
  { format: "parquet", title: "Trades, as Parquet" },
  { format: "html", title: "Report, as one HTML file" },
];

export function ExportMenu({ id }: { id: string }) {
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" rightSection={<ChevronDown size={14} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={reportAddress(id)} target="_blank" rel="noreferrer" leftSection={<FileChartLine size={15} />}>
          Open the report
        </Menu.Item>
        <Menu.Divider />
        {FILES.map(({ format, what, title }) => (
          <Menu.Item key={title} component="a" href={exportAddress(id, format, what)} download leftSection={<FileDown size={15} />}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
