// What runs on time, and when next.
import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/me";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { SchedulesView } from "@/pages/schedules/SchedulesView";

export default function SchedulesPage() {
  const mayEdit = useMay("editor");
  const [isMaking, setMaking] = useState(false);
  return (
    <Page>
      <PageHeader
        title="Schedules"
        description="What starts runs by the clock. Times are those of each schedule's zone."
        actions={
          mayEdit &&
          !isMaking && (
            <Button leftSection={<Plus size={15} />} onClick={() => setMaking(true)}>
              New schedule
            </Button>
          )
        }
      />
      <SchedulesView isMaking={isMaking} onMaking={setMaking} />
    </Page>
  );
}
