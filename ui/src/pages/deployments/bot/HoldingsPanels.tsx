// What a bot holds, and what it has asked for and not got yet.
import { useQuery } from "@tanstack/react-query";
import { openOrdersOf, type Order, type Position, positionsOf } from "@/api/bots";
import { Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { When } from "@/components/When";
import { amount, gain, inCurrency, signOf } from "@/format/money";
import { usePolling } from "@/live/useFreshCache";
import classes from "@/pages/deployments/bot/Bot.module.css";
import { guardInWords, isGuard, orderInWords, orderStatus } from "@/pages/deployments/bot/trade";
import page from "@/pages/deployments/DeploymentPage.module.css";

export function PositionsPanel({ name }: { name: string }) {
  const query = useQuery({ ...positionsOf(name), refetchInterval: usePolling() });
  return (
    <Panel title="Positions" aside={query.data?.items.length || undefined}>
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={page.none}>It holds nothing now.</p>
          ) : (
            <ul className={classes.holdings} aria-label="Positions">
              {items.map((position) => (
                <PositionLine
                  key={`${position.account} ${position.symbol}`}
                  position={position}
                  isAccountTold={new Set(items.map(({ account }) => account)).size > 1}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function PositionLine({ position, isAccountTold }: { position: Position; isAccountTold: boolean }) {
  const { symbol, quantity, average, cost, currency, realised, opened_at, account } = position;
  const isShort = Number(quantity) < 0;
  return (
    <li title={account}>
      <p>
        <strong>{symbol}</strong>
        <span className={classes.end}>
          {isShort ? "short" : "long"} {amount(Math.abs(Number(quantity)))}
        </span>
      </p>
      {isAccountTold && <p className={classes.detail}>{account}</p>}
      <p className={classes.detail}>
        <span>
          {average !== null && `at ${amount(average)} · `}
          {inCurrency(amount(cost), currency)}
        </span>
        {opened_at && (
          <span className={classes.end}>
            since <When at={opened_at} />
          </span>
        )}
      </p>
      {Number(realised) !== 0 && (
        <p className={classes.detail}>
          <span>
            Brought in so far{" "}
            <span className={classes.figure} data-sign={signOf(realised)}>
              {inCurrency(gain(realised), currency)}
            </span>
          </span>
        </p>
      )}
    </li>
  );
}

export function OrdersPanel({ name }: { name: string }) {
  const query = useQuery({ ...openOrdersOf(name), refetchInterval: usePolling() });
  return (
    <Panel title="Open orders" aside={query.data?.items.length || undefined}>
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={page.none}>None waits at the venue.</p>
          ) : (
            <ul className={classes.holdings} aria-label="Open orders">
              {items.map((order) => (
                <OrderLine key={order.client_id} order={order} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function OrderLine({ order }: { order: Order }) {
  const { symbol, kind, status, created_at, client_id } = order;
  return (
    <li title={client_id}>
      <p>
        <strong>{symbol}</strong>
        <span className={classes.end}>{isGuard(order) ? "Guards" : orderStatus(status)}</span>
      </p>
      <p className={classes.detail}>
        <span>{isGuard(order) ? guardInWords(order) : `${orderInWords(order)} · ${kind.replaceAll("_", " ")}`}</span>
        {created_at && (
          <span className={classes.end}>
            <When at={created_at} />
          </span>
        )}
      </p>
    </li>
  );
}
