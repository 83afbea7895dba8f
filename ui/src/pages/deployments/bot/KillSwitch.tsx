// The button that stops a bot from ordering, where one looks for it.
import { Button } from "@mantine/core";
import { OctagonX } from "lucide-react";
import { useState } from "react";
import type { Deployment } from "@/api/deployments";
import { useLeave } from "@/api/levels";
import { Allowed } from "@/components/Allowed";
import { HaltDialog } from "@/pages/deployments/HaltDialog";
import { leftOpen } from "@/pages/deployments/bot/trade";

export function KillSwitch({ deployment }: { deployment: Deployment }) {
  const { name, workflow, halt, bot } = deployment;
  const leave = useLeave(workflow, "operate");
  const [isAsked, setAsked] = useState(false);
  if (!leave.isOffered || halt !== null || bot === null) return null;
  return (
    <>
      <Allowed refusal={leave.refusal}>
        <Button variant="light" color="red" size="xs" leftSection={<OctagonX size={15} />} onClick={() => setAsked(true)}>
          Kill switch
        </Button>
      </Allowed>
      {isAsked && (
        <HaltDialog name={name} open={leftOpen(bot.open_orders, bot.open_positions)} onClose={() => setAsked(false)} />
      )}
    </>
  );
}
