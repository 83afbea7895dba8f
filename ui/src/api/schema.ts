// Written by `npm run api` from clients/openapi.json: change that.
// from fa17f9bcd586f8c2beaf4d00c3b64a7b8008f280571e4b633e23e3c326a27860
// text 862624c8087a8714e1ab7ce45a609144e49143f6a574973a1c6b82b2bf1b7d8d
export interface paths {
    "/workflows/{name}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a run of a workflow
         * @description `sync` answers with the result, or with 202 when the run waits for something or is not done in `timeout` seconds.
         *     `async` answers 202 at once: the run is kept by then. With `of` and `from_node` it starts at that node with what the
         *     past run had come to before it; in `test` mode whatever mode that was in. With `breakpoints` or `step` it stops
         *     before nodes: see `continueRun`.
         */
        post: operations["executeWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a workflow that is not published
         * @description As `executeWorkflow`, with the definition at hand; by default a test, in which pinned nodes are not run.
         */
        post: operations["executeDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs
         * @description Newest first, without their values.
         */
        get: operations["listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a run
         * @description With what became of its nodes and what it waits for.
         */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a run came to
         * @description Its whole output. A run that has not finished by then is shown as far as it has come: see its `status`.
         */
        get: operations["getRunResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a run was given
         * @description Whole, however large: with a run itself, values of more than 256 kB are cut.
         */
        get: operations["getRunInput"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Make a test of a run
         * @description A test file of its version: what it was given, what the world answered, and what came out. Known secrets are left
         *     out. Of a run that completed or failed, and whose nodes are kept.
         */
        get: operations["recordTest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask an unfinished run how it stands
         * @description What it waits for, where its nodes are, and the deployment's state as it sees it.
         */
        get: operations["queryRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/nodes/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a node came to, whole
         * @description Values up to 4 MB; what is larger still is cut.
         */
        get: operations["getRunNode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a run's log
         * @description Lines that its nodes wrote, oldest first.
         */
        get: operations["listRunLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a run's timeline
         * @description What its nodes did and logged, in the order in which it happened.
         */
        get: operations["listRunTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/children": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a run's children
         * @description The runs that it started, newest first.
         */
        get: operations["listRunChildren"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a run
         * @description What runs is broken off; its `finally` nodes run yet.
         */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed run again
         * @description What succeeded is kept, what failed is tried again. Read `/result?timeout=…` to wait for what comes of it.
         */
        post: operations["retryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say what became of an effect in doubt
         * @description `done` with its output, `repeat` it, or it has `failed`; the run goes on.
         */
        post: operations["resolveRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fork a run
         * @description A new run that goes on from the middle of this one, with other outputs or another version if you like.
         */
        post: operations["forkRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move a waiting run to another version
         * @description `dry_run` only says what that means for each node. With the plan's `ETag` as `If-Match` the run is moved
         *     only if it still means the same.
         */
        post: operations["moveRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/signal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a signal to a run
         * @description It is kept until a node of the run takes it, also when none waits for it yet.
         */
        post: operations["signalRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a failed run aside
         * @description It stays as it is, and is no longer among the failures.
         */
        post: operations["dismissRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/continue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a run that is debugged go on
         * @description To the next breakpoint or, with `step`, to the next node; with other values if you like. Where it stands then is
         *     in its `waits`, and told by its events `node.paused`.
         */
        post: operations["continueRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/breakpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say where a run stops from now on
         * @description Also while it is under way; where it stands, it goes on standing.
         */
        put: operations["setBreakpoints"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move all waiting runs of a workflow
         * @description Each that is of another version; one that cannot be moved stops no other. `dry_run` only says which could be.
         */
        post: operations["moveRuns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deployments
         * @description By name, with when each fires next and what its runs came to.
         */
        get: operations["listDeployments"];
        put?: never;
        /**
         * Deploy a workflow
         * @description It runs by itself from now on, unless it is to begin `paused`. Without `mode` it is on paper where it could place
         *     orders, and live otherwise; with `confirm` it is live.
         */
        post: operations["createDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a deployment
         * @description How it stands. Its `ETag` tells changes of it, not of how it stands.
         */
        get: operations["getDeployment"];
        put?: never;
        post?: never;
        /**
         * Remove a stopped deployment
         * @description With its state and its figures; its runs stay.
         */
        delete: operations["deleteDeployment"];
        options?: never;
        head?: never;
        /**
         * Change a deployment
         * @description Its next run is by what is given here; runs under way finish as they began, and those that wait do or go over to
         *     the version.
         */
        patch: operations["updateDeployment"];
        trace?: never;
    };
    "/deployments/{name}/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What would move with an update
         * @description What an update to `version` with `waiting: move` would mean for each run that waits; nothing is done.
         */
        get: operations["previewMoves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a deployment
         * @description From now on: what it missed is not made up for. Live, what it puts at stake is to be confirmed.
         */
        post: operations["startDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a deployment
         * @description No run of it begins until it is started again; those under way go on.
         */
        post: operations["pauseDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a deployment
         * @description Runs that wait their turn are cancelled; those under way go on, unless they are to be cancelled too.
         */
        post: operations["stopDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/halt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a deployment's kill switch
         * @description On or off, who turned it on and why, and who reset it last.
         */
        get: operations["getDeploymentHalt"];
        put?: never;
        /**
         * Turn a deployment's kill switch on
         * @description From now on it sends no new orders, whatever its runs come to. Its open orders are cancelled and its positions
         *     closed by a run of its own (`flattening`), which tries until that is so; with `close: false` they stay.
         */
        post: operations["haltDeployment"];
        /**
         * Reset a deployment's kill switch
         * @description It may send orders again.
         */
        delete: operations["resetDeploymentHalt"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/clone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clone a deployment
         * @description Its state is its own, and empty.
         */
        post: operations["cloneDeployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What starts a deployment's runs
         * @description Its trigger nodes, or what stands in for them.
         */
        get: operations["listTriggers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a deployment's runs came to
         * @description Over all of its runs, those that are no longer kept included.
         */
        get: operations["getDeploymentMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two deployments
         * @description A/B with intervals: on the same triggers where both had them.
         */
        get: operations["compareDeployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a deployment's state
         * @description What it remembers from run to run.
         */
        get: operations["getDeploymentState"];
        put?: never;
        post?: never;
        /**
         * Clear a deployment's state
         * @description All of it.
         */
        delete: operations["clearDeploymentState"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/state/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a value of the state
         * @description Null removes it. Runs that begin from now on see it.
         */
        put: operations["setDeploymentState"];
        post?: never;
        /**
         * Remove a value
         * @description Nothing, where there is none.
         */
        delete: operations["removeDeploymentState"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/bot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a bot came to
         * @description Profit, trades and drawdown, from its own fills.
         */
        get: operations["getBot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a bot's trades
         * @description The last that closed first.
         */
        get: operations["listTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/trades/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a bot's trades as CSV
         * @description All of them, or what the filter lets through.
         */
        get: operations["exportTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a bot holds
         * @description As its own fills say.
         */
        get: operations["listPositions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a bot's orders
         * @description The newest first.
         */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/equity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The course of a bot's profit
         * @description After each trade, and what its account was worth where runs have read it.
         */
        get: operations["getEquity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/runs-per-day": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many of its runs ended each day
         * @description In UTC, today last; runs that are no longer kept included.
         */
        get: operations["listRunDaysOfDeployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/runs-per-day": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many runs ended each day
         * @description Of all that one may see, in UTC, today last; runs that are no longer kept included.
         */
        get: operations["listRunDays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List backtests
         * @description The newest first.
         */
        get: operations["listBacktests"];
        put?: never;
        /**
         * Start a backtest
         * @description It goes on by itself; its state and how far it is are asked for. Bars and settings are checked first.
         */
        post: operations["startBacktest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two backtests
         * @description Figures side by side, and how far their fills are the same.
         */
        get: operations["compareBacktests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a backtest
         * @description With what speaks against it, and how it was worked out.
         */
        get: operations["getBacktest"];
        put?: never;
        post?: never;
        /**
         * Remove a backtest
         * @description With all its series. One that is under way is cancelled first.
         */
        delete: operations["deleteBacktest"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a backtest
         * @description Nothing, where it is over already.
         */
        post: operations["cancelBacktest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/equity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The course of a backtest's equity
         * @description With its drawdown, its exposure and the price of the first market.
         */
        get: operations["getBacktestEquity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a backtest's trades
         * @description The first that closed first, unless another order is asked for; of a period, those that overlap it.
         */
        get: operations["listBacktestTrades"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/candles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bars of a backtest, with its indicators
         * @description Where there are more bars in the period than points, as many are joined to one as need be.
         */
        get: operations["getBacktestCandles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What stood on the wires at a bar
         * @description In the last run at that time or before.
         */
        get: operations["getBacktestValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/sweep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The variants of a sweep */
        get: operations["getBacktestSweep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/walk-forward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The windows of a walk forward */
        get: operations["getBacktestWalkForward"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/monte-carlo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What might have come of it as well */
        get: operations["getBacktestMonteCarlo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A backtest as one page */
        get: operations["getBacktestReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/backtests/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a backtest
         * @description JSON and HTML hold everything. JSON comes as bytes, as every file does: it is one, not an answer.
         */
        get: operations["exportBacktest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the bars that are here
         * @description Those that were downloaded, and those of files that were sent.
         */
        get: operations["listBars"];
        put?: never;
        /**
         * Keep the bars of a file
         * @description The file is the body, CSV or Parquet. It is checked whole: what cannot be right is told by row and column, and
         *     nothing is kept. `btc.csv` is `file:btc@1h` then.
         */
        post: operations["uploadBars"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bars/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Download bars
         * @description It goes on by itself, and can be asked about. Broken off, it is begun again and goes on where it was.
         */
        post: operations["downloadBars"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bars/downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List downloads of bars
         * @description Those under way, and the last one of each market and timeframe.
         */
        get: operations["listBarsDownloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bars/downloads/{download_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancel a download
         * @description What is here stays. One that is over is forgotten.
         */
        delete: operations["cancelBarsDownload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bars/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete bars
         * @description They are gone from this machine, not from where they came from.
         */
        delete: operations["deleteBars"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List schedules
         * @description By name, with when each fires next.
         */
        get: operations["listSchedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a schedule
         * @description One, or all that a deployment has.
         */
        get: operations["getSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{name}/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When a schedule fires next
         * @description Also of one that rests: when it would.
         */
        get: operations["listFireTimesOf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{name}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a schedule
         * @description It fires no more until it is resumed; the deployment's other triggers go on.
         */
        post: operations["pauseSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{name}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a schedule
         * @description From now on: what it missed is not made up for.
         */
        post: operations["resumeSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/fire-times": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When anything fires next
         * @description The next fire times of all schedules that are active.
         */
        get: operations["listFireTimes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/fire-times/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When a cron would fire
         * @description Right over changes of the clocks; nothing is deployed.
         */
        get: operations["previewSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks
         * @description Oldest first.
         */
        get: operations["listTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a task and its form
         * @description With the link by which the caller may answer it, if they may.
         */
        get: operations["getTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{task_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer a task
         * @description In the caller's name; its run goes on. A task is answered once, and by somebody it is for.
         */
        post: operations["completeTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List signals that nobody took
         * @description Oldest first.
         */
        get: operations["listSignals"];
        put?: never;
        /**
         * Send a signal
         * @description To one run, or by its key to whichever run waits for it, now or later.
         */
        post: operations["sendSignal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signals/{signal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Forget a signal that nobody took
         * @description One that a run has taken cannot be dropped.
         */
        delete: operations["dropSignal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish an event
         * @description It is kept, and starts a run of each deployment that listens to its topic and lets it through.
         */
        post: operations["publishEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/listeners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who listens to a topic
         * @description The active deployments that do, whatever they filter out.
         */
        get: operations["listListeners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a run live
         * @description From its beginning until it is over: `run.finished` is the last event. After a lost connection the stream goes on
         *     behind `Last-Event-ID` without a gap or a repeat, also when the server was started anew meanwhile.
         */
        get: operations["followRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{name}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a deployment live
         * @description All its runs, from now on, from `since`, or behind `Last-Event-ID`; it does not end by itself.
         */
        get: operations["followDeployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow everything one may see live
         * @description All runs that may be seen, from now on, from `since`, or behind `Last-Event-ID`; it does not end by itself.
         */
        get: operations["followEverything"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List failures by what they failed of
         * @description Of the 5,000 newest: the largest groups first.
         */
        get: operations["listFailures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/failures/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try failed runs again
         * @description At most 5,000 at once, the newest; one that cannot be tried again stops no other.
         */
        post: operations["retryFailures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/failures/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put failed runs aside
         * @description They stay as they are, and are failures no more.
         */
        post: operations["dismissFailures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a version over recorded runs
         * @description Nothing is done and nothing is written: recorded results stand in for the world. At most 200 runs.
         */
        post: operations["startReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/replays/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a version over recorded runs, as one page
         * @description As `startReplay`; the answer is HTML that needs nothing else.
         */
        post: operations["reportReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List workflows
         * @description Those one may see, with what is known of each: its latest version, draft, deployments and last run.
         */
        get: operations["listWorkflows"];
        put?: never;
        /**
         * Create a workflow
         * @description From a definition, which may be unfinished and wrong: it becomes a draft, and the answer lists what is wrong.
         *     The workflow belongs to whoever creates it.
         */
        post: operations["createWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a definition
         * @description Everything that is wrong in it, with line, column and what to do. Nothing is kept.
         */
        post: operations["validateWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a workflow and its definition
         * @description By default the latest version's definition, and of what was never published the draft's.
         */
        get: operations["getWorkflow"];
        /**
         * Save the draft of a workflow
         * @description As it is, unfinished or wrong: it is checked when it is published, and the answer lists what is wrong so far.
         *     A definition that comes as JSON is written into the text there is, whose comments stay.
         */
        put: operations["saveDraft"];
        post?: never;
        /**
         * Put a workflow into the bin
         * @description Its versions and runs stay. Refused while a deployment of it is not stopped.
         */
        delete: operations["deleteWorkflow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Discard the draft
         * @description The published versions stay.
         */
        delete: operations["discardDraft"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a workflow out of the bin */
        post: operations["restoreWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Copy a workflow under another name
         * @description The copy is a draft, and belongs to whoever makes it.
         */
        post: operations["duplicateWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the tags of a workflow
         * @description Those it has beside the ones in its file.
         */
        put: operations["setTags"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tags
         * @description Every tag of the workflows one may see, and how many have it.
         */
        get: operations["listTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish the draft
         * @description It becomes the latest version and never changes again; 422 lists every issue of one that cannot run.
         */
        post: operations["publishWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an older version the latest again
         * @description Deployments that follow the latest take it up with their next run.
         */
        post: operations["rollBackWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List versions
         * @description The latest first, each with the deployments and unfinished runs that use it.
         */
        get: operations["listVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one version
         * @description `draft` reads the draft.
         */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two versions
         * @description What has become of the one in the other, by node and field, and as lines for people.
         */
        get: operations["diffVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a workflow as a file
         * @description YAML, as it was written; by default the latest version, or else the draft.
         */
        get: operations["exportWorkflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Export several workflows
         * @description A bundle that `import` takes.
         */
        post: operations["exportWorkflows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import workflows
         * @description A file, which may hold several workflows, or a bundle. Each becomes a draft.
         *
         *     A file of another program (bots, blocks, an export of n8n) is told by its content. Nothing of it is lost: what has
         *     no counterpart is kept as a note, credentials become profiles, and the report says what became of each field.
         */
        post: operations["importWorkflows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/editing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read who edits a workflow
         * @description Whoever said so in the last minute and a half.
         */
        get: operations["getEditing"];
        /**
         * Say that one edits a workflow
         * @description To be said again every 20 seconds. Where somebody else edits it, the answer tells who, and nothing changes unless
         *     you take over. This is an agreement, no lock: what keeps a draft from being written over is its `ETag`.
         */
        put: operations["keepEditing"];
        post?: never;
        /**
         * Say that one edits a workflow no more
         * @description Nothing happens where another window edits it.
         */
        delete: operations["endEditing"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates
         * @description Those that come with Treadle and those that were published here, with what has become of each.
         */
        get: operations["listTemplates"];
        put?: never;
        /**
         * Make a template of a workflow
         * @description Everybody sees it then. Profile ids, recorded data and what is or looks like a credential are taken out; the
         *     answer lists what, and which parameters ask for it now.
         */
        post: operations["publishTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish a template from its file
         * @description Nothing is taken out of it; 422 lists everything that is wrong.
         */
        post: operations["importTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/recommend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recommend templates
         * @description Those that fit what is looked for, the best first, each with the reasons.
         */
        post: operations["recommendTemplates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a template
         * @description With the form of its parameters, its graph and its file.
         */
        get: operations["getTemplate"];
        put?: never;
        post?: never;
        /**
         * Take a template back
         * @description One's own, or any as an administrator. Workflows made of it stay.
         */
        delete: operations["deleteTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{name}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a template as a file
         * @description One file, which `import` takes at another installation.
         */
        get: operations["exportTemplate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{name}/instantiate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a workflow of a template
         * @description A draft, or published at once. It belongs to whoever makes it; 422 lists everything that is wrong with the
         *     parameters.
         */
        post: operations["instantiateTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{name}/uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was made of it
         * @description The workflows that one may see, the newest first, and what their latest runs came to.
         */
        get: operations["listTemplateUses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{name}/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what users say of it */
        get: operations["listTemplateReviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/templates/{name}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Rate it
         * @description One's own review, over the one before.
         */
        put: operations["rateTemplate"];
        post?: never;
        /** Take one's rating back */
        delete: operations["unrateTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List node types
         * @description By name. In full they change only when the server is started anew with other packs.
         */
        get: operations["listNodeTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a node type
         * @description Its documentation, ports, the JSON Schema of its config, and an example.
         */
        get: operations["getNodeType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{type}/ports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find the ports of a node
         * @description Those it has with this config: of some types they depend on it.
         */
        post: operations["findPorts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/nodes/{type}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a node out
         * @description Runs it once, with these inputs and this config. An effect does what it does, whatever the mode; only the run is
         *     not kept. At most a minute.
         */
        post: operations["testNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what this installation is
         * @description Its version, its time, what is installed and allowed, and its limits.
         */
        get: operations["getInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/expressions/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try an expression
         * @description What it comes to with the values of `scope`. What goes wrong in it is told in `error`, with its place.
         */
        post: operations["evaluateExpression"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/expressions/functions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List functions
         * @description Every function of the expression language: its signature and what it does.
         */
        get: operations["listFunctions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List profiles
         * @description Those of the store and those that the environment declares, with the names of their fields.
         */
        get: operations["listProfiles"];
        put?: never;
        /** Create a profile */
        post: operations["createProfile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profiles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a profile
         * @description Its fields, without their values.
         */
        get: operations["getProfile"];
        put?: never;
        post?: never;
        /** Delete a profile */
        delete: operations["deleteProfile"];
        options?: never;
        head?: never;
        /** Set fields */
        patch: operations["updateProfile"];
        trace?: never;
    };
    "/profiles/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a connection
         * @description Asks the provider with the profile's credentials.
         */
        post: operations["testProfile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List secrets
         * @description Those of the store and of the environment, by name.
         */
        get: operations["listSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set a secret */
        put: operations["setSecret"];
        post?: never;
        /** Delete a secret */
        delete: operations["deleteSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the key
         * @description Seals everything anew: under a key that is made, where the key is in its file, or under the first of
         *     `TREADLE_KEY`.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a password
         * @description Sets the session's cookie; `GET /me` then has the token that changes need. Nobody needs to be signed in.
         */
        post: operations["signIn"];
        /**
         * Sign out
         * @description End the session that this comes by.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who one is
         * @description With a session, also the token that its changes carry.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's password
         * @description All other sessions end.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's sessions
         * @description The last used first.
         */
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        /**
         * End one's other sessions
         * @description All but the one that asks.
         */
        delete: operations["endMyOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description One of one's own.
         */
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description By name, disabled ones too.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user
         * @description Without a password they sign in by a link that you make for them.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List names to share with
         * @description Names of active users, and of teams.
         */
        get: operations["listUserNames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user
         * @description By name or id.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a user
         * @description What is left out stays. The last active administrator stays one.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/users/{name}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a user
         * @description Nothing lets them in any more, at once; what is theirs stays.
         */
        post: operations["disableUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a user
         * @description Their keys count again, their sessions do not.
         */
        post: operations["enableUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a password
         * @description All their sessions end.
         */
        put: operations["setUserPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/sign-in-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a sign-in link
         * @description It signs them in once. Whoever has it is them: send it where only they look.
         */
        post: operations["makeSignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description The last used first.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /**
         * End all sessions
         * @description They have to sign in again, everywhere.
         */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a user's API keys
         * @description Newest first, revoked ones too.
         */
        get: operations["listUserKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a user's API key
         * @description It counts no more, at once.
         */
        delete: operations["revokeUserKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{name}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transfer workflows
         * @description Everything of theirs to somebody else, for instance before they are disabled.
         */
        post: operations["transferUserWorkflows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's API keys
         * @description Newest first, revoked ones too.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make an API key
         * @description It acts for whoever makes it, no further than its scopes. Its text is shown here and never again.
         */
        post: operations["makeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List everybody's API keys
         * @description Newest first.
         */
        get: operations["listAllKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description One of one's own; it counts no more, at once.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List teams
         * @description By name.
         */
        get: operations["listTeams"];
        put?: never;
        /**
         * Create a team
         * @description Members are named by name or id.
         */
        post: operations["createTeam"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/teams/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a team
         * @description By name or id.
         */
        get: operations["getTeam"];
        put?: never;
        post?: never;
        /**
         * Delete a team
         * @description Nothing is shared with it any more.
         */
        delete: operations["deleteTeam"];
        options?: never;
        head?: never;
        /**
         * Change a team
         * @description `members` are all there are to be.
         */
        patch: operations["updateTeam"];
        trace?: never;
    };
    "/workflows/{name}/sharing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read whose a workflow is
         * @description Its runs, deployments and tasks are shared with it.
         */
        get: operations["getSharing"];
        /**
         * Share a workflow
         * @description With a user, a team or everybody; each may do so much, as far as their role goes.
         */
        put: operations["shareWorkflow"];
        post?: never;
        /**
         * Share a workflow no more
         * @description With one user, one team, or everybody.
         */
        delete: operations["unshareWorkflow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{name}/sharing/owner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Transfer a workflow
         * @description Give it to another user, or (null) to everybody.
         */
        put: operations["transferWorkflow"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the audit log
         * @description Newest first.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit log
         * @description All of it, or what the filter lets through.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify the audit log
         * @description Each entry holds a digest over itself and all before it: what was changed later shows.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at the installation
         * @description What `treadle doctor` finds: store, users, copies, room on the disk, packs, sandbox, clock.
         */
        get: operations["diagnoseSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Copy the store
         * @description Into the folder that the setting `backup_folder` names, while everything goes on. Its secrets stay encrypted, and
         *     the key to them is not copied. `treadle restore` puts it back.
         */
        post: operations["backUpSystem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accepted
         * @description A run that was accepted and goes on by itself. `Location` says where it is.
         */
        Accepted: {
            /** Run Id */
            run_id: string;
            /**
             * Status
             * @description As far as it has come; null: that was not waited for.
             */
            status?: ("queued" | "running" | "suspended" | "completed" | "failed" | "cancelled") | null;
        };
        /** AuditEntry */
        AuditEntry: {
            /** Id */
            id: number;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Actor */
            actor?: string | null;
            /** Name */
            name: string;
            /** Via */
            via: string;
            /** Address */
            address?: string | null;
            /** Action */
            action: string;
            /** Subject */
            subject?: string | null;
            /** Outcome */
            outcome: string;
            /** Details */
            details: {
                [key: string]: unknown;
            };
            /** Digest */
            digest: string;
        };
        /**
         * AuditPage
         * @description Newest first.
         */
        AuditPage: {
            /** Items */
            items: components["schemas"]["AuditEntry"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * AuditVerdict
         * @description `broken` is the first entry that is not as it was written, or is missing; null: all are.
         */
        AuditVerdict: {
            /** Ok */
            ok: boolean;
            /** Entries */
            entries: number;
            /** Digest */
            digest: string;
            /** Broken */
            broken?: number | null;
        };
        /**
         * BacktestComparison
         * @description Two of them, side by side.
         */
        BacktestComparison: {
            a: components["schemas"]["BacktestSummary"];
            b: components["schemas"]["BacktestSummary"];
            /**
             * Differ
             * @description In what they are not of the same (period, bars, data, account, costs), in words: none of it says anything of the workflows.
             * @default []
             */
            differ?: string[];
            /** Figures */
            figures: components["schemas"]["ComparedFigure"][];
            /**
             * Same Fills Until
             * @description The first fill that is not the same; null: all are.
             */
            same_fills_until: number | null;
            /** Trades Only A */
            trades_only_a: number;
            /** Trades Only B */
            trades_only_b: number;
            /** Trades Both */
            trades_both: number;
        };
        /**
         * BacktestDetail
         * @description A backtest with everything but its series.
         */
        BacktestDetail: {
            /** Id */
            id: string;
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description Null: what was tested is no version.
             */
            version: string | null;
            /** Title */
            title: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "backtest" | "sweep" | "walk_forward" | "monte_carlo";
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "completed" | "failed" | "cancelled";
            /**
             * Progress
             * @description From 0 to 1.
             */
            progress: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Started At */
            started_at?: string | null;
            /** Finished At */
            finished_at?: string | null;
            /** Seconds */
            seconds?: number | null;
            /** Begins */
            begins?: string | null;
            /** Ends */
            ends?: string | null;
            /** Bars */
            bars?: number | null;
            /** Timeframe */
            timeframe?: string | null;
            /**
             * Symbols
             * @default []
             */
            symbols?: string[];
            /** Currency */
            currency?: string | null;
            /**
             * Way
             * @description `engine` or `compiled`: the same result, not as quickly.
             */
            way?: string | null;
            /**
             * Variants
             * @description How many were tried in it.
             * @default 1
             */
            variants?: number;
            /**
             * Figures
             * @description Rates as shares: 0.1 is 10 %. `exposure` is the share of the account that was at stake on average, `time_in_market` the share of the time in which anything was.
             * @default {}
             */
            figures?: {
                [key: string]: number | null;
            };
            /**
             * Spark
             * @description The course of its equity, in a few points.
             * @default []
             */
            spark?: number[];
            error?: components["schemas"]["BacktestError"] | null;
            /**
             * Started By
             * @description A user's name; null: this machine.
             */
            started_by?: string | null;
            /**
             * Request
             * @description As it was asked for.
             */
            request: {
                [key: string]: unknown;
            };
            /**
             * Parts
             * @description Which of `equity`, `trades`, `candles`, `values`, `sweep` … there are.
             */
            parts: string[];
            /**
             * Warnings
             * @default []
             */
            warnings?: components["schemas"]["Finding"][];
            honesty?: components["schemas"]["Honesty"] | null;
            explain?: components["schemas"]["Explanation"] | null;
            costs?: components["schemas"]["Costs"] | null;
            /**
             * Runs
             * @description By what became of them.
             * @default {}
             */
            runs?: {
                [key: string]: number;
            };
            /** Fills */
            fills?: number | null;
            /**
             * Open
             * @default []
             */
            open?: components["schemas"]["OpenTrade"][];
            /**
             * Graph
             * @description The workflow as it was tested.
             */
            graph?: {
                [key: string]: unknown;
            } | null;
            /** @description Null: one process tried all. */
            spread?: components["schemas"]["SpreadOver"] | null;
        };
        /**
         * BacktestError
         * @description Why there is no result.
         */
        BacktestError: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Remedy */
            remedy?: string | null;
            /**
             * Issues
             * @default []
             */
            issues?: components["schemas"]["BacktestIssue"][];
        };
        /**
         * BacktestIssue
         * @description One of the things that are wrong.
         */
        BacktestIssue: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Path */
            path?: string | null;
            /** Node */
            node?: string | null;
            /** Remedy */
            remedy?: string | null;
            /**
             * Severity
             * @default error
             */
            severity?: string;
        };
        /**
         * BacktestPage
         * @description Backtests, the newest first.
         */
        BacktestPage: {
            /** Items */
            items: components["schemas"]["BacktestSummary"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * BacktestSummary
         * @description A backtest, without its series.
         */
        BacktestSummary: {
            /** Id */
            id: string;
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description Null: what was tested is no version.
             */
            version: string | null;
            /** Title */
            title: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "backtest" | "sweep" | "walk_forward" | "monte_carlo";
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "completed" | "failed" | "cancelled";
            /**
             * Progress
             * @description From 0 to 1.
             */
            progress: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Started At */
            started_at?: string | null;
            /** Finished At */
            finished_at?: string | null;
            /** Seconds */
            seconds?: number | null;
            /** Begins */
            begins?: string | null;
            /** Ends */
            ends?: string | null;
            /** Bars */
            bars?: number | null;
            /** Timeframe */
            timeframe?: string | null;
            /**
             * Symbols
             * @default []
             */
            symbols?: string[];
            /** Currency */
            currency?: string | null;
            /**
             * Way
             * @description `engine` or `compiled`: the same result, not as quickly.
             */
            way?: string | null;
            /**
             * Variants
             * @description How many were tried in it.
             * @default 1
             */
            variants?: number;
            /**
             * Figures
             * @description Rates as shares: 0.1 is 10 %. `exposure` is the share of the account that was at stake on average, `time_in_market` the share of the time in which anything was.
             * @default {}
             */
            figures?: {
                [key: string]: number | null;
            };
            /**
             * Spark
             * @description The course of its equity, in a few points.
             * @default []
             */
            spark?: number[];
            error?: components["schemas"]["BacktestError"] | null;
            /**
             * Started By
             * @description A user's name; null: this machine.
             */
            started_by?: string | null;
        };
        /**
         * BacktestTrade
         * @description A trade, with how it went between and why it was made.
         */
        BacktestTrade: {
            /** Number */
            number: number;
            /** Account */
            account: string;
            /** Symbol */
            symbol: string;
            /**
             * Side
             * @description `long` or `short`.
             */
            side: string;
            /** Quantity */
            quantity: string;
            /**
             * Entry
             * @description The average price of what was held.
             */
            entry: string;
            /** Exit */
            exit: string;
            /**
             * Profit
             * @description After fees.
             */
            profit: string;
            /** Fees */
            fees: string;
            /** Currency */
            currency: string;
            /**
             * Share
             * @description The profit as a share of what was put in.
             */
            share: number | null;
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            /**
             * Closed At
             * Format: date-time
             */
            closed_at: string;
            /** Held S */
            held_s: number;
            /**
             * Order
             * @description The client id of the order that closed it.
             */
            order: string;
            /**
             * Runs
             * @description Those that entered it, then the one that closed it.
             */
            runs: string[];
            /**
             * Mae
             * @description How far it was down at worst, in its currency: 0 or less.
             */
            mae: string | null;
            /**
             * Mfe
             * @description How far it was up at best: 0 or more.
             */
            mfe: string | null;
            /**
             * Mae Share
             * @description Of what was put in.
             */
            mae_share: number | null;
            /** Mfe Share */
            mfe_share?: number | null;
            /**
             * Bar In
             * @description The bar (its time) in which it was entered.
             */
            bar_in: number | null;
            /** Bar Out */
            bar_out?: number | null;
            /**
             * Decided At
             * @description When the run was that entered it: for `values`.
             */
            decided_at: number | null;
            /**
             * Left At
             * @description When the run was that closed it; null: the venue did.
             */
            left_at: number | null;
            /**
             * Decided
             * @description What stood on the wires then, by node and port.
             */
            decided: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
        };
        /**
         * BacktestTradePage
         * @description Trades, in the order that was asked for.
         */
        BacktestTradePage: {
            /** Items */
            items: components["schemas"]["BacktestTrade"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * BackupModel
         * @description A copy of the store: of one moment, checked, readable by the server's user alone.
         */
        BackupModel: {
            /**
             * Path
             * @description Where it is on the server's machine; its manifest is beside it.
             */
            path: string;
            /**
             * Made At
             * Format: date-time
             */
            made_at: string;
            /** Bytes */
            bytes: number;
            /** Sha256 */
            sha256: string;
            /**
             * Runs
             * @description How many runs are in it.
             */
            runs: number;
            /**
             * Treadle
             * @description The version of Treadle that made it.
             */
            treadle: string;
            /** Schema Revision */
            schema_revision: string;
        };
        /**
         * BarsDownload
         * @description A download under way, or one that was.
         */
        BarsDownload: {
            /** Id */
            id: string;
            /**
             * Name
             * @description How the bars are called.
             */
            name: string;
            /** Venue */
            venue: string;
            /** Symbol */
            symbol: string;
            /** Timeframe */
            timeframe: string;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /** Until */
            until: string | null;
            /**
             * State
             * @description `interrupted`: the server was stopped meanwhile; ask for it again, and it goes on.
             * @enum {string}
             */
            state: "running" | "completed" | "failed" | "cancelled" | "interrupted";
            /**
             * Progress
             * @description 0 to 1.
             */
            progress: number;
            /**
             * Bars
             * @description How many are here.
             */
            bars: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Finished At */
            finished_at: string | null;
            error: components["schemas"]["DownloadFailure"] | null;
        };
        /**
         * BarsDownloadPage
         * @description Downloads, the newest first.
         */
        BarsDownloadPage: {
            /** Items */
            items: components["schemas"]["BarsDownload"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * BarsGiven
         * @description Where the bars of a market come from.
         */
        BarsGiven: {
            /**
             * Symbol
             * @description `*`: whichever market is asked for.
             * @default *
             */
            symbol?: string;
            /**
             * Source
             * @description A name of `GET /bars`, or a CSV or Parquet file of the workspace.
             */
            source: string;
        };
        /** BeforeAfter */
        BeforeAfter: {
            /** Before */
            before: {
                [key: string]: number;
            };
            /** After */
            after: {
                [key: string]: number;
            };
        };
        /**
         * BotFigures
         * @description What a bot came to, in the currency that most of its trades were in.
         */
        BotFigures: {
            /** Currency */
            currency: string;
            /** Profit */
            profit: string;
            /** Fees */
            fees: string;
            /** Trades */
            trades: number;
            /** Won */
            won: number;
            /** Lost */
            lost: number;
            /** Win Rate */
            win_rate: number | null;
            /**
             * Profit Factor
             * @description Gained for each that was lost; null before anything was lost.
             */
            profit_factor: number | null;
            /** Mean Profit */
            mean_profit: string | null;
            /**
             * Mean Held S
             * @description How long what was closed had been held, on average.
             */
            mean_held_s: number | null;
            /**
             * Max Drawdown
             * @description The deepest fall of the profit from where it was best.
             */
            max_drawdown: string;
            /**
             * Others
             * @description Of trades in other currencies.
             */
            others: components["schemas"]["CurrencyFigures"][];
            /** Fills */
            fills: number;
            /** Open Positions */
            open_positions: number;
            /** Open Orders */
            open_orders: number;
            /**
             * Other Fees
             * @description Paid in other assets: they are in no profit.
             */
            other_fees: {
                [key: string]: string;
            };
            /**
             * Equity
             * @description What its account was worth when a run last read it.
             */
            equity: string | null;
            /** Equity Currency */
            equity_currency: string;
            /**
             * Max Drawdown Share
             * @description The account's deepest fall from where it was highest.
             */
            max_drawdown_share: number | null;
            /** First At */
            first_at: string | null;
            /** Last At */
            last_at: string | null;
            /**
             * Unreadable
             * @description Records that are no fills, and count for nothing.
             */
            unreadable: number;
            /**
             * Spark
             * @description The course of its profit, in a few points.
             */
            spark: number[];
        };
        /**
         * Breakpoints
         * @description Where a run that is debugged stops.
         */
        Breakpoints: {
            /**
             * Breakpoints
             * @description Before these nodes, by path; `each/send` means every iteration.
             */
            breakpoints: string[];
            /**
             * Step
             * @description Before every node.
             */
            step: boolean;
        };
        /**
         * BreakpointsBody
         * @description Where a run stops from now on.
         */
        BreakpointsBody: {
            /** Breakpoints */
            breakpoints: string[];
            /**
             * Step
             * @default false
             */
            step?: boolean;
        };
        /**
         * Bundle
         * @description Several workflows in one file.
         */
        Bundle: {
            /**
             * Treadle
             * @description The bundle's format.
             * @default 1
             * @constant
             */
            treadle?: 1;
            /** Workflows */
            workflows: components["schemas"]["BundleItem"][];
        };
        /** BundleItem */
        BundleItem: {
            /** Name */
            name: string;
            /** Text */
            text: string;
            /**
             * Tags
             * @default []
             */
            tags?: string[];
        };
        /**
         * Candles
         * @description Bars as columns, and what indicators made of them.
         */
        Candles: {
            /** Symbol */
            symbol: string;
            /** Timeframe */
            timeframe: string;
            /**
             * Every
             * @description So many bars are joined to one.
             */
            every: number;
            /** Time */
            time: number[];
            /** Open */
            open: number[];
            /** High */
            high: number[];
            /** Low */
            low: number[];
            /** Close */
            close: number[];
            /** Volume */
            volume: number[];
            /** Panes */
            panes: components["schemas"]["Pane"][];
        };
        /** ChangePassword */
        ChangePassword: {
            /** Password */
            password: string;
            /**
             * Current Password
             * @description Needed where there is one.
             */
            current_password?: string | null;
        };
        /** ChangeTeam */
        ChangeTeam: {
            /** Name */
            name?: string | null;
            /** Members */
            members?: string[] | null;
        };
        /** ChangeUser */
        ChangeUser: {
            /** Name */
            name?: string | null;
            /** Role */
            role?: ("viewer" | "operator" | "editor" | "admin") | null;
            /** @description null takes back their own. */
            quotas?: components["schemas"]["Quotas"] | null;
        };
        /**
         * Cleared
         * @description How many values were removed.
         */
        Cleared: {
            /** Removed */
            removed: number;
        };
        /**
         * CloneDeployment
         * @description Another deployment like it, with what is given here instead.
         */
        CloneDeployment: {
            /** Mode */
            mode?: ("live" | "paper" | "test") | null;
            /** Input */
            input?: {
                [key: string]: unknown;
            } | null;
            /** Params */
            params?: {
                [key: string]: unknown;
            } | null;
            /** Profiles */
            profiles?: string[] | null;
            limits?: components["schemas"]["Limits"] | null;
            /**
             * Confirm
             * @description What it puts at stake, in the words of the refusal (`confirmation_required`): `main max_notional=5`.
             */
            confirm?: string | null;
            /** Name */
            name: string;
            /** Version */
            version?: string | null;
            /**
             * Paused
             * @default false
             */
            paused?: boolean;
        };
        /** ComparedFigure */
        ComparedFigure: {
            /** Name */
            name: string;
            /** A */
            a: number | null;
            /** B */
            b: number | null;
        };
        /**
         * Comparison
         * @description Two deployments side by side, in pairs where both ran on the same trigger.
         */
        Comparison: {
            /** Deployments */
            deployments: string[];
            /** Runs */
            runs: number[];
            /** Pairs */
            pairs: number;
            /**
             * Basis
             * @enum {string}
             */
            basis: "paired" | "unpaired";
            /** Confidence */
            confidence: number;
            /** Measures */
            measures: components["schemas"]["Measure"][];
            /** Remarks */
            remarks: string[];
        };
        /**
         * CompleteTask
         * @description An answer. `values` are what the form asks for.
         */
        CompleteTask: {
            /**
             * Approve
             * @description false: it is rejected. Said, never assumed.
             */
            approve: boolean;
            /** Values */
            values?: {
                [key: string]: unknown;
            } | null;
            /** Note */
            note?: string | null;
        };
        /** ConnectionDifference */
        ConnectionDifference: {
            /** Added */
            added: string[];
            /** Removed */
            removed: string[];
        };
        /**
         * ConnectionTestResult
         * @description What came of asking the provider with the profile's credentials.
         */
        ConnectionTestResult: {
            /** Ok */
            ok: boolean;
            /** Message */
            message: string;
            /** Remedy */
            remedy?: string | null;
            /** Code */
            code?: string | null;
        };
        /**
         * ContinueBody
         * @description Which nodes a run that stands at breakpoints goes on with, and what is changed first.
         */
        ContinueBody: {
            /**
             * Nodes
             * @description Only these; default: all it stands before, with `step` the one that waited longest.
             * @default []
             */
            nodes?: string[];
            /**
             * Step
             * @description Stop again before every node that comes next.
             * @default false
             */
            step?: boolean;
            /**
             * Inputs
             * @description `send.to` (an input port of a node it stands before) to the value.
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * Outputs
             * @description `fetch` (its output) or `fetch.status` (one port) to what stands in for running the node: one it stands before, or one that it has yet to come to.
             * @default {}
             */
            outputs?: {
                [key: string]: unknown;
            };
            /**
             * Breakpoints
             * @description Instead of those there are.
             */
            breakpoints?: string[] | null;
        };
        /**
         * Costs
         * @description What trading cost, in the currency of the account. `net` is `gross` less fees and slippage.
         */
        Costs: {
            /**
             * Gross
             * @description What would have been made at the prices of the bars, without fees.
             */
            gross: number | null;
            /** Fees */
            fees: number;
            /**
             * Slippage
             * @description Null: it cannot be told.
             */
            slippage: number | null;
            /** Net */
            net: number | null;
            /**
             * Buy And Hold
             * @description As a share.
             */
            buy_and_hold: number | null;
            /**
             * Turnover
             * @description All that was bought and sold.
             */
            turnover?: number | null;
            /** Currency */
            currency?: string | null;
        };
        /**
         * CreateDeployment
         * @description A deployment to be. What is left out is the workflow's own, or empty.
         */
        CreateDeployment: {
            /**
             * Mode
             * @description Default: `paper` where it could place orders, otherwise `live`; with `confirm`, `live`.
             */
            mode?: ("live" | "paper" | "test") | null;
            /** Input */
            input?: {
                [key: string]: unknown;
            } | null;
            /** Params */
            params?: {
                [key: string]: unknown;
            } | null;
            /** Profiles */
            profiles?: string[] | null;
            limits?: components["schemas"]["Limits"] | null;
            /**
             * Confirm
             * @description What it puts at stake, in the words of the refusal (`confirmation_required`): `main max_notional=5`.
             */
            confirm?: string | null;
            /** Workflow */
            workflow: string;
            /**
             * Name
             * @description Default: the workflow's.
             */
            name?: string | null;
            /**
             * Version
             * @description `latest`: follow it.
             * @default latest
             */
            version?: string;
            /**
             * Every
             * @description Seconds; stands in for the workflow's own times.
             */
            every?: number | null;
            /**
             * Paused
             * @default false
             */
            paused?: boolean;
        };
        /** CreateTeam */
        CreateTeam: {
            /** Name */
            name: string;
            /** Members */
            members?: string[];
        };
        /** CreateUser */
        CreateUser: {
            /** Name */
            name: string;
            /**
             * Role
             * @default viewer
             * @enum {string}
             */
            role?: "viewer" | "operator" | "editor" | "admin";
            /** Password */
            password?: string | null;
            quotas?: components["schemas"]["Quotas"] | null;
        };
        /**
         * CreateWorkflow
         * @description A new workflow. It gets a draft, unfinished as that may be; `publish` publishes it at once.
         * @example {
         *       "definition": {
         *         "inputs": {
         *           "size": "number"
         *         },
         *         "name": "order-desk",
         *         "nodes": [
         *           {
         *             "config": {
         *               "transform": "workflow.input.size * 2"
         *             },
         *             "id": "double",
         *             "type": "data.transform"
         *           }
         *         ]
         *       }
         *     }
         */
        CreateWorkflow: {
            /** Definition */
            definition?: {
                [key: string]: unknown;
            } | null;
            /** Text */
            text?: string | null;
            /**
             * Name
             * @description Where the definition does not say it.
             */
            name?: string | null;
            /**
             * Tags
             * @default []
             */
            tags?: string[];
            /**
             * Publish
             * @default false
             */
            publish?: boolean;
            /** Note */
            note?: string | null;
        };
        /**
         * CurrencyFigures
         * @description What the trades in one currency came to, after fees.
         */
        CurrencyFigures: {
            /** Currency */
            currency: string;
            /** Profit */
            profit: string;
            /** Fees */
            fees: string;
            /** Trades */
            trades: number;
            /** Won */
            won: number;
            /** Lost */
            lost: number;
            /** Win Rate */
            win_rate: number | null;
            /**
             * Profit Factor
             * @description Gained for each that was lost; null before anything was lost.
             */
            profit_factor: number | null;
            /** Mean Profit */
            mean_profit: string | null;
            /**
             * Mean Held S
             * @description How long what was closed had been held, on average.
             */
            mean_held_s: number | null;
            /**
             * Max Drawdown
             * @description The deepest fall of the profit from where it was best.
             */
            max_drawdown: string;
        };
        /**
         * CutValue
         * @description A value that was too large to be shown here, where `null` stands for it.
         */
        CutValue: {
            /**
             * Size
             * @description Bytes of it, as JSON.
             */
            size: number;
            /**
             * Preview
             * @description How it begins.
             */
            preview: string;
        };
        /**
         * DefinitionBody
         * @description A definition, as JSON or as a text in YAML or JSON; `application/yaml` sends the text alone.
         * @example {
         *       "definition": {
         *         "inputs": {
         *           "size": "number"
         *         },
         *         "name": "order-desk",
         *         "nodes": [
         *           {
         *             "config": {
         *               "transform": "workflow.input.size * 2"
         *             },
         *             "id": "double",
         *             "type": "data.transform"
         *           }
         *         ]
         *       }
         *     }
         */
        DefinitionBody: {
            /** Definition */
            definition?: {
                [key: string]: unknown;
            } | null;
            /** Text */
            text?: string | null;
        };
        /**
         * DeletedProfile
         * @description What a profile was deleted from.
         */
        DeletedProfile: {
            /**
             * Deployments
             * @description Those that were bound to it.
             */
            deployments: string[];
        };
        /**
         * Deployment
         * @description A workflow made to run by itself, and how it stands.
         */
        Deployment: {
            /** Name */
            name: string;
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description Null: each run is of the latest there is.
             */
            version: string | null;
            /**
             * Mode
             * @enum {string}
             */
            mode: "live" | "paper" | "test";
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "paused" | "stopped";
            /** Input */
            input: {
                [key: string]: unknown;
            };
            /** Params */
            params: {
                [key: string]: unknown;
            };
            /** Profiles */
            profiles: string[];
            limits: components["schemas"]["Limits"];
            /** Created At */
            created_at: string | null;
            /**
             * Next At
             * @description When it fires next by time.
             */
            next_at: string | null;
            /** Last Fired At */
            last_fired_at: string | null;
            /**
             * Queued
             * @description Runs that wait their turn.
             */
            queued: number;
            /** Under Way */
            under_way: number;
            metrics: components["schemas"]["Metrics"];
            last_refusal: components["schemas"]["Refusal"] | null;
            /** @description Why it was stopped, or starts no runs for now. */
            reason: components["schemas"]["Reason"] | null;
            /** @description The kill switch, where it is on. */
            halt: components["schemas"]["Halt"] | null;
            /** @description What it came to as a bot; null where it has never dealt. */
            bot: components["schemas"]["BotFigures"] | null;
        };
        /** DeploymentOfWorkflow */
        DeploymentOfWorkflow: {
            /** Name */
            name: string;
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "paused" | "stopped";
            /** Mode */
            mode: string;
        };
        /**
         * DeploymentPage
         * @description Deployments, by name.
         */
        DeploymentPage: {
            /** Items */
            items: components["schemas"]["Deployment"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * DeploymentState
         * @description What a deployment remembers from run to run.
         */
        DeploymentState: {
            /** Values */
            values: {
                [key: string]: unknown;
            };
        };
        /**
         * DismissedRuns
         * @description Runs that were put aside.
         */
        DismissedRuns: {
            /** Run Ids */
            run_ids: string[];
        };
        /**
         * DownloadBars
         * @description What to download. What is there already is not asked for again.
         */
        DownloadBars: {
            /**
             * Venue
             * @description An exchange, or `simulated` (`simulated-7`: another seed; `simulated-alpha`: another venue).
             */
            venue: string;
            /**
             * Symbol
             * @description As the venue lists it: `BTC/USDT`.
             */
            symbol: string;
            /**
             * Timeframe
             * @description As `1m`, `4h`, `1d`.
             */
            timeframe: string;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /**
             * Until
             * @description Without it, now.
             */
            until?: string | null;
            /**
             * Profile
             * @description Credentials, for a venue that gives nothing without.
             */
            profile?: string | null;
        };
        /**
         * DownloadFailure
         * @description Why it ended.
         */
        DownloadFailure: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Remedy */
            remedy?: string | null;
        };
        /** DuplicateWorkflow */
        DuplicateWorkflow: {
            /**
             * Name
             * @description Of the new one.
             */
            name: string;
            /**
             * Version
             * @description A number, a digest, `latest` or `draft`.
             */
            version?: string | null;
        };
        /** EndedSessions */
        EndedSessions: {
            /** Ended */
            ended: number;
        };
        /**
         * EngageHalt
         * @description Why the kill switch is turned on, and what becomes of what is open.
         */
        EngageHalt: {
            /** Reason */
            reason: string;
            /**
             * Close
             * @description Cancel its open orders and close its positions; else they stay.
             * @default true
             */
            close?: boolean;
        };
        /**
         * EquityCurve
         * @description Point by point, as columns.
         */
        EquityCurve: {
            /** At */
            at: number[];
            /** Equity */
            equity: number[];
            /**
             * Drawdown
             * @description As a share below the highest so far: 0.1 is 10 % below.
             */
            drawdown: number[];
            /**
             * Price
             * @description Of the first market.
             */
            price: (number | null)[];
            /**
             * Exposure
             * @description What was held, as a share of the equity.
             */
            exposure: (number | null)[];
        };
        /**
         * EquitySeries
         * @description The course of what a bot has made, and of what its account was worth where runs have read it.
         */
        EquitySeries: {
            /** Currency */
            currency: string;
            /** Profit */
            profit: components["schemas"]["SeriesPoint"][];
            /** Account Currency */
            account_currency: string;
            /** Account */
            account: components["schemas"]["SeriesPoint"][];
        };
        /**
         * EvaluateBody
         * @description An expression, and the values that its names stand for.
         */
        EvaluateBody: {
            /**
             * Text
             * @description As a workflow file has it.
             */
            text: string;
            /**
             * Template
             * @description It is a field of a config: text with `{{ }}` in it. Otherwise it is an expression as a whole.
             * @default false
             */
            template?: boolean;
            /**
             * Scope
             * @description By name: `nodes`, `workflow`, `input`. There are no others.
             */
            scope?: {
                [key: string]: unknown;
            };
        };
        /**
         * EvaluatedExpression
         * @description What an expression comes to: a value, or why there is none.
         */
        EvaluatedExpression: {
            /**
             * Value
             * @description As JSON; null where there is none, or it is too large.
             */
            value?: unknown;
            /**
             * Kind
             * @description For people: `number`, `text`, `list`. Null: there is no value.
             */
            kind?: string | null;
            cut?: components["schemas"]["CutValue"] | null;
            error?: components["schemas"]["ExpressionFailure"] | null;
        };
        /**
         * ExecuteBody
         * @description What to run a workflow with, and whether to wait for it.
         */
        ExecuteBody: {
            /**
             * Input
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Params
             * @default {}
             */
            params?: {
                [key: string]: unknown;
            };
            /**
             * Profiles
             * @default []
             */
            profiles?: string[];
            /**
             * Trigger
             * @description The trigger node that fires.
             */
            trigger?: string | null;
            /**
             * Fired
             * @description What the trigger brings.
             */
            fired?: unknown;
            /**
             * Wait
             * @default sync
             * @enum {string}
             */
            wait?: "sync" | "async" | "stream";
            /**
             * Timeout
             * @description Seconds that `sync` waits before it answers 202.
             * @default 60
             */
            timeout?: number;
            /**
             * Pinned
             * @description Outputs by node: in `test` mode they stand in for it; with `of` they edit what it gave.
             * @default {}
             */
            pinned?: {
                [key: string]: unknown;
            };
            /**
             * Of
             * @description A past run to go on from; needs `from_node`.
             */
            of?: string | null;
            /**
             * From Node
             * @description The node to start at; needs `of`.
             */
            from_node?: string | null;
            /**
             * Breakpoints
             * @description In `test` mode: the run stops before these nodes. Without it (null), and without `step`, it is not debugged.
             */
            breakpoints?: string[] | null;
            /**
             * Confirm
             * @description Live: what it puts at stake, as `confirmation_required` says it.
             */
            confirm?: string | null;
            /**
             * Step
             * @description In `test` mode: the run stops before every node.
             * @default false
             */
            step?: boolean;
            /**
             * Mode
             * @default live
             * @enum {string}
             */
            mode?: "live" | "paper" | "test";
            /**
             * Version
             * @description A number, a digest; default: the latest. In `test` mode also `draft`: the draft as it is.
             */
            version?: string | null;
        };
        /**
         * ExecutionResult
         * @description What a run came to. `output` is whole; of `nodes` (by path: `each[2]/send`) at most 500 are shown.
         */
        ExecutionResult: {
            /** Run Id */
            run_id: string;
            /** Workflow */
            workflow: string;
            /** Version */
            version: string;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "suspended" | "completed" | "failed" | "cancelled";
            /** Output */
            output?: unknown;
            error?: components["schemas"]["Failure"] | null;
            /**
             * Nodes
             * @default {}
             */
            nodes?: {
                [key: string]: components["schemas"]["NodeResult"];
            };
            /**
             * Nodes Left Out
             * @default 0
             */
            nodes_left_out?: number;
            /** Started At */
            started_at?: string | null;
            /** Finished At */
            finished_at?: string | null;
            /** Duration Ms */
            duration_ms?: number | null;
        };
        /**
         * Explained
         * @description How a node was worked out, and why so.
         */
        Explained: {
            /** Node */
            node: string;
            /**
             * Part
             * @description `column`, `stepped` or `engine`.
             */
            part: string;
            /** Why */
            why: string;
            /**
             * Bars
             * @description At how many bars.
             */
            bars?: number | null;
        };
        /** Explanation */
        Explanation: {
            /** Way */
            way: string;
            /**
             * Nodes
             * @default []
             */
            nodes?: components["schemas"]["Explained"][];
        };
        /** ExportWorkflows */
        ExportWorkflows: {
            /**
             * Names
             * @description Null: all one may see.
             */
            names?: string[] | null;
        };
        /** ExpressionFailure */
        ExpressionFailure: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Remedy */
            remedy?: string | null;
            /**
             * Position
             * @description Where in the text, from 0.
             */
            position: number;
        };
        /** ExpressionFunction */
        ExpressionFunction: {
            /** Name */
            name: string;
            /**
             * Signature
             * @description `round(number, digits?)`: `?` may be left out.
             */
            signature: string;
            /** Doc */
            doc: string;
            /** Category */
            category: string;
            /**
             * Example
             * @description A whole expression: `round(2.345, 1)`.
             */
            example: string;
        };
        /** ExpressionFunctions */
        ExpressionFunctions: {
            /** Items */
            items: components["schemas"]["ExpressionFunction"][];
        };
        /**
         * FailedGroup
         * @description Failed runs of one workflow that failed of the same.
         */
        FailedGroup: {
            /** Workflow */
            workflow: string;
            /** Node */
            node: string | null;
            /** Error */
            error: string;
            /** Message */
            message: string;
            /** Count */
            count: number;
            /**
             * First At
             * Format: date-time
             */
            first_at: string;
            /**
             * Last At
             * Format: date-time
             */
            last_at: string;
            /** Run Ids */
            run_ids: string[];
        };
        /**
         * Failure
         * @description What a run or a node failed of.
         */
        Failure: {
            /**
             * Type
             * @description The code of the error, or its class.
             */
            type: string;
            /** Message */
            message: string;
            /** Node */
            node?: string | null;
            /** Attempt */
            attempt?: number | null;
            /**
             * Details
             * @default {}
             */
            details?: {
                [key: string]: unknown;
            };
        };
        /**
         * FailurePage
         * @description Failed runs that nobody has seen to, the largest groups first.
         */
        FailurePage: {
            /** Items */
            items: components["schemas"]["FailedGroup"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * FailureSelection
         * @description Which failed runs: those that fit everything that is given. `all` where nothing is.
         */
        FailureSelection: {
            /**
             * Run Ids
             * @default []
             */
            run_ids?: string[];
            /** Workflow */
            workflow?: string | null;
            /**
             * Error
             * @description Its type, or a part of its message.
             */
            error?: string | null;
            /** Since */
            since?: string | null;
            /**
             * All
             * @default false
             */
            all?: boolean;
        };
        /** Fan */
        Fan: {
            /** At */
            at: number[];
            /** P5 */
            p5: number[];
            /** P25 */
            p25: number[];
            /** P50 */
            p50: number[];
            /** P75 */
            p75: number[];
            /** P95 */
            p95: number[];
        };
        /**
         * FieldDifference
         * @description `before` or `after` is missing where there is nothing.
         */
        FieldDifference: {
            /** Field */
            field: string;
            /** Before */
            before?: unknown;
            /** After */
            after?: unknown;
        };
        /**
         * FieldFate
         * @description What became of a field of a document, and of all below it.
         */
        FieldFate: {
            /** Path */
            path: string;
            /**
             * Fate
             * @enum {string}
             */
            fate: "mapped" | "kept" | "credential";
            /** To */
            to: string;
            /** Note */
            note: string | null;
        };
        /**
         * Finding
         * @description What to know before believing it.
         */
        Finding: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Severity
             * @description `info`, `warning` or `error`.
             */
            severity: string;
        };
        /**
         * FindingModel
         * @description One thing that was looked at.
         */
        FindingModel: {
            /**
             * Subject
             * @description What was looked at: `store`, `backups`, `disk`.
             */
            subject: string;
            /**
             * Status
             * @description `error`: runs will not work.
             * @enum {string}
             */
            status: "ok" | "warning" | "error";
            /** Text */
            text: string;
            /** Remedy */
            remedy?: string | null;
        };
        /**
         * FireTime
         * @description A fire time, as the clocks of the schedule's zone show it.
         */
        FireTime: {
            /** Name */
            name: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Starts At
             * Format: date-time
             * @description Later than `at` where there is jitter.
             */
            starts_at: string;
            /**
             * Change
             * @description It was moved out of a gap in the clocks, or is one of two that look alike.
             */
            change?: ("moved" | "first" | "second") | null;
        };
        /**
         * FireTimes
         * @description Fire times, in order.
         */
        FireTimes: {
            /** Items */
            items: components["schemas"]["FireTime"][];
        };
        /**
         * ForkBody
         * @description Where to fork a run, and what to change of what was.
         */
        ForkBody: {
            /**
             * At
             * @description The path of the node that runs anew.
             */
            at: string;
            /**
             * Outputs
             * @description `fetch` (its output) or `fetch.status` (one port) to the value.
             * @default {}
             */
            outputs?: {
                [key: string]: unknown;
            };
            /** Version */
            version?: string | null;
            /**
             * Upstream Only
             * @default false
             */
            upstream_only?: boolean;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
        };
        /**
         * ForkPlan
         * @description What a fork copies and what it runs anew.
         */
        ForkPlan: {
            /**
             * Kept
             * @description Nodes whose results are copied.
             */
            kept: string[];
            /** Edited */
            edited: string[];
            /**
             * Anew
             * @description Nodes that run (again), as far as it is known where.
             */
            anew: string[];
            /**
             * Effects
             * @description Those of them that touch the world.
             */
            effects: string[];
        };
        /**
         * Halt
         * @description The kill switch of a deployment: on, it sends no new orders until a person resets it.
         */
        Halt: {
            /** On */
            on: boolean;
            /** Reason */
            reason: string;
            /**
             * By
             * @description Who turned it on; null: a run of the deployment, or nobody ever.
             */
            by: string | null;
            /** At */
            at: string | null;
            /**
             * Run
             * @description The run that turned it on.
             */
            run: string | null;
            /** Reset By */
            reset_by: string | null;
            /** Reset At */
            reset_at: string | null;
            /**
             * Flattening
             * @description The run that cancels its orders, closes its positions and looks whether that is so; null: there was nothing to, or it was left open.
             */
            flattening: string | null;
        };
        /**
         * Honesty
         * @description What speaks against a result, whatever it says.
         */
        Honesty: {
            look_ahead?: components["schemas"]["LookAhead"] | null;
            warm_up?: components["schemas"]["WarmUp"] | null;
            /**
             * Open Trades
             * @default []
             */
            open_trades?: components["schemas"]["OpenTrade"][];
            /**
             * No Volume
             * @description Bars in which nothing was traded.
             * @default 0
             */
            no_volume?: number;
            variants?: components["schemas"]["Variants"] | null;
            /**
             * Findings
             * @default []
             */
            findings?: components["schemas"]["Finding"][];
        };
        /**
         * ImportReport
         * @description What became of a document of another program. What has no counterpart is kept as a note.
         */
        ImportReport: {
            /** Workflow */
            workflow: string;
            /**
             * Format
             * @enum {string}
             */
            format: "bot" | "blocks" | "n8n" | "workflow";
            /** Template */
            template: string | null;
            /** Fields */
            fields: components["schemas"]["FieldFate"][];
            /**
             * Assumed
             * @description What the document does not say, and the template does.
             */
            assumed: {
                [key: string]: unknown;
            };
            /** Profiles */
            profiles: components["schemas"]["ProfileFromDocument"][];
            /**
             * Bound
             * @description The profiles that a deployment of it is to be bound to.
             */
            bound: string[];
            /** Remarks */
            remarks: string[];
            /**
             * Text
             * @description The workflow file.
             */
            text: string;
            /**
             * Problems
             * @description How much is wrong in it.
             */
            problems: number;
        };
        /** ImportResult */
        ImportResult: {
            /** Items */
            items: components["schemas"]["ImportedWorkflow"][];
            /**
             * Reports
             * @description Of documents of other programs.
             * @default []
             */
            reports?: components["schemas"]["ImportReport"][];
        };
        /** ImportTemplate */
        ImportTemplate: {
            /**
             * Text
             * @description A template's file.
             */
            text: string;
            /**
             * Replace
             * @default false
             */
            replace?: boolean;
        };
        /**
         * ImportWorkflows
         * @description A file, which may hold several workflows, or a bundle; each becomes a draft. A file of another program (bots,
         *     blocks, an export of n8n) is told by its content; credentials in it become profiles.
         */
        ImportWorkflows: {
            /** Text */
            text?: string | null;
            bundle?: components["schemas"]["Bundle"] | null;
            /**
             * If Exists
             * @default refuse
             * @enum {string}
             */
            if_exists?: "refuse" | "draft" | "skip";
            /**
             * Dry Run
             * @description Of a file of another program, only say what would become of it.
             * @default false
             */
            dry_run?: boolean;
        };
        /** ImportedWorkflow */
        ImportedWorkflow: {
            /** Name */
            name: string;
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "created" | "drafted" | "skipped";
            /**
             * Problems
             * @description How much is wrong in its draft.
             */
            problems: number;
        };
        /** Info */
        Info: {
            /**
             * Name
             * @default treadle
             * @constant
             */
            name?: "treadle";
            /** Version */
            version: string;
            /**
             * Api
             * @default v1
             * @constant
             */
            api?: "v1";
            /**
             * Time
             * Format: date-time
             * @description The server's.
             */
            time: string;
            /**
             * Packs
             * @description Categories of node types that are installed.
             */
            packs: string[];
            /**
             * Features
             * @description What the operator allows.
             */
            features: {
                [key: string]: boolean;
            };
            limits: components["schemas"]["InfoLimits"];
        };
        /** InfoLimits */
        InfoLimits: {
            /**
             * Max Body
             * @description Bytes of a request's body.
             */
            max_body: number;
            /**
             * Max Definition
             * @description Bytes of a workflow's definition.
             */
            max_definition: number;
            /**
             * Json Depth
             * @description Lists and objects in each other.
             */
            json_depth: number;
            /**
             * Page
             * @description Items of a page, at most.
             */
            page: number;
            /**
             * Idempotency Hours
             * @description How long an `Idempotency-Key` is remembered.
             */
            idempotency_hours: number;
            /**
             * Max Concurrency
             * @description Runs driven at the same time by one process.
             */
            max_concurrency: number;
        };
        /** InstantiateTemplate */
        InstantiateTemplate: {
            /**
             * Name
             * @description Of the workflow to make.
             */
            name: string;
            /**
             * Parameters
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Title
             * @description Null: the template's.
             */
            title?: string | null;
            /**
             * Tags
             * @description Beside those of the template.
             * @default []
             */
            tags?: string[];
            /**
             * Publish
             * @description Publish it at once; else it is a draft.
             * @default false
             */
            publish?: boolean;
            /** Note */
            note?: string | null;
        };
        /**
         * InstantiatedTemplate
         * @description The workflow that was made.
         */
        InstantiatedTemplate: {
            /** Workflow */
            workflow: string;
            /** Template */
            template: string;
            /** Published */
            published: boolean;
            /** Requirements */
            requirements: components["schemas"]["TemplateRequirement"][];
            /**
             * Missing Secrets
             * @description To be set, or to be fields of the profile that a deployment is bound to.
             */
            missing_secrets: string[];
        };
        /**
         * Interval
         * @description Where the difference lies, with the confidence that was asked for.
         */
        Interval: {
            /** Low */
            low: number;
            /** High */
            high: number;
        };
        /** KeepEditing */
        KeepEditing: {
            /**
             * Window
             * @description A random text that the window keeps: it tells one editor from the next, also of one user.
             * @example 0f8fad5b-d9cb-469f-a165-70867728950e
             */
            window: string;
            /**
             * Take Over
             * @description Edit it, whoever else does: they hear of it when they ask.
             * @default false
             */
            take_over?: boolean;
        };
        /**
         * KeptBars
         * @description Bars of one market and timeframe.
         */
        KeptBars: {
            /**
             * Name
             * @description How a backtest names them: `binance:BTC/USDT@1h`.
             */
            name: string;
            /**
             * Venue
             * @description `file` for those of a file.
             */
            venue: string;
            /** Symbol */
            symbol: string;
            /** Timeframe */
            timeframe: string;
            /**
             * Begins
             * @description When the first bar opens.
             */
            begins: string | null;
            /**
             * Ends
             * @description When the last bar is over.
             */
            ends: string | null;
            /** Bars */
            bars: number;
            /**
             * Gaps
             * @description How often bars are missing between others.
             */
            gaps: number;
            /**
             * Size
             * @description Bytes on the disk.
             */
            size: number;
            /**
             * Source
             * @enum {string}
             */
            source: "download" | "upload" | "simulated";
        };
        /**
         * KeptBarsPage
         * @description Bars, by name.
         */
        KeptBarsPage: {
            /** Items */
            items: components["schemas"]["KeptBars"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /** Key */
        Key: {
            /** Id */
            id: string;
            /** User Id */
            user_id: string;
            /** Name */
            name: string;
            /** Scopes */
            scopes: string[];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Expires At */
            expires_at?: string | null;
            /**
             * Used At
             * @description To the minute.
             */
            used_at?: string | null;
            /** Revoked At */
            revoked_at?: string | null;
        };
        /**
         * KeyPage
         * @description API keys, newest first. Their texts are nowhere.
         */
        KeyPage: {
            /** Items */
            items: components["schemas"]["Key"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * KeyRotation
         * @description The key that seals now.
         */
        KeyRotation: {
            /** Key Id */
            key_id: string;
            /**
             * Sealed
             * @description How many values were sealed anew.
             */
            sealed: number;
        };
        /** LastRunOfWorkflow */
        LastRunOfWorkflow: {
            /** Id */
            id: string;
            /** Status */
            status: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
        };
        /**
         * Limits
         * @description How many runs may be under way.
         */
        Limits: {
            /**
             * Concurrency
             * @default 1
             */
            concurrency?: number;
            /**
             * Concurrency Key
             * @description Each value has a lane of its own.
             */
            concurrency_key?: string | null;
            /**
             * Scope
             * @default deployment
             * @enum {string}
             */
            scope?: "deployment" | "all";
            /**
             * Overlap
             * @description What becomes of a run that finds its lane full.
             */
            overlap?: ("skip" | "queue") | null;
            rate?: components["schemas"]["Rate"] | null;
        };
        /**
         * Listeners
         * @description The active deployments that listen to a topic.
         */
        Listeners: {
            /** Topic */
            topic: string;
            /** Deployments */
            deployments: string[];
        };
        /**
         * Listening
         * @description How a trigger listens that is told things as they happen.
         */
        Listening: {
            /**
             * Since
             * @description Without a break since then; null: nobody listens.
             */
            since: string | null;
            /**
             * Item At
             * @description Of when the last thing was that it was told.
             */
            item_at: string | null;
            /**
             * Error
             * @description What kept it from listening last.
             */
            error: string | null;
            /** Error At */
            error_at: string | null;
        };
        /**
         * LiveEvent
         * @description Something that happened: the `data` of one server-sent event.
         */
        LiveEvent: {
            /**
             * Id
             * @description Where it stands: sent as `Last-Event-ID`, a stream goes on behind it.
             */
            id: string;
            /**
             * Type
             * @description `run.queued`, `run.started`, `run.suspended`, `run.resumed`, `run.moved`, `run.finished`; `node.started`, `node.completed`, `node.failed`, `node.skipped`, `node.cancelled`, `node.retried`, `node.waiting`, `node.paused`, `node.continued`, `node.in_doubt`, `node.resolved`, `node.reset`; `breakpoints.changed`; `text`, `progress`, `log`; of the stream itself `stream.reset` (load anew what was built from it) and `stream.closed` (nothing comes any more).
             */
            type: string;
            /** Run Id */
            run_id?: string | null;
            /** Workflow */
            workflow?: string | null;
            /** Deployment */
            deployment?: string | null;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Path
             * @description The node's: `each[2]/send`; empty where it is about the run.
             */
            path: string;
            /**
             * Data
             * @description What goes with the type. A value that is too large is `{"truncated": true, "bytes": …, "preview": …}`; the whole is read from the run.
             */
            data: {
                [key: string]: unknown;
            };
        };
        /** LogLine */
        LogLine: {
            /** Id */
            id: number;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Node */
            node: string;
            /** Level */
            level: string;
            /** Message */
            message: string;
            /**
             * Data
             * @default {}
             */
            data?: {
                [key: string]: unknown;
            };
        };
        /**
         * LogPage
         * @description Lines of a run's log, oldest first.
         */
        LogPage: {
            /** Items */
            items: components["schemas"]["LogLine"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * LookAhead
         * @description Every node whose output depends on bars alone, over several beginnings.
         */
        LookAhead: {
            /** Checked */
            checked: boolean;
            /**
             * Found
             * @description Those that look ahead.
             */
            found: string[];
            /**
             * Nodes
             * @default []
             */
            nodes?: components["schemas"]["LookAheadNode"][];
        };
        /**
         * LookAheadNode
         * @description Whether a node's output over the first bars is what it is over all.
         */
        LookAheadNode: {
            /** Node */
            node: string;
            /** Looks Ahead */
            looks_ahead: boolean;
            /**
             * At
             * @description The first bar (ms) at which it is not.
             */
            at?: number | null;
            /** Message */
            message?: string | null;
        };
        /** MakeKey */
        MakeKey: {
            /** Name */
            name: string;
            /**
             * Scopes
             * @description `*` is everything that the role allows; else such as `runs:read`.
             * @default [
             *       "*"
             *     ]
             */
            scopes?: string[];
            /** Expires At */
            expires_at?: string | null;
        };
        /** MakeLink */
        MakeLink: {
            /**
             * Seconds
             * @default 600
             */
            seconds?: number;
        };
        /**
         * Me
         * @description Who asks.
         */
        Me: {
            /** Id */
            id: string | null;
            /** Name */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "viewer" | "operator" | "editor" | "admin";
            /** Via */
            via: string;
            /**
             * Scopes
             * @description What the API key is narrowed to; null: nothing.
             */
            scopes?: string[] | null;
            /**
             * Teams
             * @description Ids.
             */
            teams?: string[];
            /** Has Password */
            has_password: boolean;
            /**
             * Csrf
             * @description For `X-Treadle-CSRF`; null without a session.
             */
            csrf?: string | null;
        };
        /**
         * Measure
         * @description A figure of both, and the difference: second less first.
         */
        Measure: {
            /** Name */
            name: string;
            /** First */
            first: number | null;
            /** Second */
            second: number | null;
            /** Difference */
            difference: number | null;
            interval: components["schemas"]["Interval"] | null;
            /**
             * Differs
             * @description Whether the interval leaves zero out.
             */
            differs: boolean;
        };
        /**
         * Metrics
         * @description What the runs of a deployment came to; durations are of those that completed or failed.
         */
        Metrics: {
            /** Runs */
            runs: number;
            /** Completed */
            completed: number;
            /** Failed */
            failed: number;
            /** Cancelled */
            cancelled: number;
            /**
             * Skipped
             * @description Fire times that found no room.
             */
            skipped: number;
            /**
             * Refused
             * @description Fire times and events that could start no run.
             */
            refused: number;
            /** Success Rate */
            success_rate: number | null;
            /** Mean Ms */
            mean_ms: number | null;
            /** P95 Ms */
            p95_ms: number | null;
            /** Last Status */
            last_status: string | null;
            /** Last Finished At */
            last_finished_at: string | null;
            /** Counters */
            counters: {
                [key: string]: number;
            };
        };
        /**
         * MonteCarlo
         * @description What might as well have come of the same trades, or the same returns.
         */
        MonteCarlo: {
            /** Count */
            count: number;
            /** Method */
            method: string;
            fan: components["schemas"]["Fan"];
            /** Figures */
            figures: {
                [key: string]: components["schemas"]["Quantiles"];
            };
            /**
             * Actual
             * @description What did come of it.
             * @default {}
             */
            actual?: {
                [key: string]: number | null;
            };
            /**
             * Ruin
             * @description The share of courses that fell to `ruin_at` of what they began with.
             */
            ruin: number | null;
            /** Ruin At */
            ruin_at?: number | null;
            /**
             * Loss
             * @description The share of courses that lost something.
             */
            loss?: number | null;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
        };
        /**
         * MonteCarloGiven
         * @description How many courses are drawn, and of what.
         */
        MonteCarloGiven: {
            /**
             * Count
             * @default 1000
             */
            count?: number;
            /**
             * Method
             * @default trades
             * @enum {string}
             */
            method?: "trades" | "paths";
            /**
             * Seed
             * @default 0
             */
            seed?: number;
        };
        /**
         * MoveBody
         * @description The version to go over to. With `dry_run` the answer is what that would mean, and its `ETag` may be sent as
         *     `If-Match` with the move itself.
         */
        MoveBody: {
            /**
             * Version
             * @default latest
             */
            version?: string;
            /**
             * Input
             * @description Stands in for what the run was given, input by input.
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
        };
        /**
         * MovePlan
         * @description What moving a run means for each of its nodes.
         */
        MovePlan: {
            /** Run Id */
            run_id: string;
            /** Workflow */
            workflow: string;
            /** From Version */
            from_version: string;
            /** To Version */
            to_version: string;
            /** Kept */
            kept: components["schemas"]["MovedNode"][];
            /** Again */
            again: components["schemas"]["MovedNode"][];
            /** New */
            new: components["schemas"]["MovedNode"][];
            /** Later */
            later: components["schemas"]["MovedNode"][];
            /** Removed */
            removed: components["schemas"]["MovedNode"][];
            /** Abandoned */
            abandoned: string[];
            /** Warnings */
            warnings: string[];
            /** Problems */
            problems: components["schemas"]["MoveProblem"][];
            /**
             * Done
             * @description Whether the run has been moved; else this is what would happen.
             */
            done: boolean;
        };
        /**
         * MoveProblem
         * @description Why a run cannot be moved.
         */
        MoveProblem: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Remedy */
            remedy?: string | null;
        };
        /** MovedNode */
        MovedNode: {
            /** Path */
            path: string;
            /** Kind */
            kind: string;
            /**
             * Reasons
             * @default []
             */
            reasons?: string[];
            /**
             * Waits
             * @default false
             */
            waits?: boolean;
        };
        /**
         * MovesBody
         * @description Every waiting run of a workflow that is of another version.
         */
        MovesBody: {
            /**
             * Version
             * @default latest
             */
            version?: string;
            /**
             * Input
             * @description Stands in for what the run was given, input by input.
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /** Workflow */
            workflow: string;
            /**
             * Deployment
             * @description Only its runs.
             */
            deployment?: string | null;
        };
        /**
         * MovingRun
         * @description What a move means for one run that waits, or what became of it.
         */
        MovingRun: {
            /** Run Id */
            run_id: string;
            /** Can Move */
            can_move: boolean;
            /**
             * Moved
             * @default false
             */
            moved?: boolean;
            /**
             * Again
             * @description Nodes that start over.
             * @default []
             */
            again?: string[];
            /**
             * Code
             * @description Why it cannot be moved, or was not.
             */
            code?: string | null;
            /** Message */
            message?: string | null;
        };
        /**
         * MovingRuns
         * @description What a move means for each run that waits, or what became of each.
         */
        MovingRuns: {
            /** Runs */
            runs: components["schemas"]["MovingRun"][];
        };
        /**
         * Neighbours
         * @description What lies one step away from the best.
         */
        Neighbours: {
            /** Mean */
            mean: number | null;
            /** Count */
            count: number;
            /**
             * Plateau
             * @description The row that is best together with those around it.
             */
            plateau: number | null;
        };
        /**
         * NewKey
         * @description The only time that the text is shown.
         */
        NewKey: {
            key: components["schemas"]["Key"];
            /** Text */
            text: string;
        };
        /**
         * NewProfile
         * @description A profile to make.
         * @example {
         *       "name": "crm",
         *       "provider": "http"
         *     }
         */
        NewProfile: {
            /** Name */
            name: string;
            /** Provider */
            provider?: string | null;
            /**
             * Fields
             * @description Values are written, never read.
             * @default {}
             */
            fields?: {
                [key: string]: string;
            };
        };
        /** NodeDifference */
        NodeDifference: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "added" | "removed" | "changed" | "renamed";
            /** Path */
            path: string;
            /** Type */
            type: string;
            /**
             * Before
             * @description What a renamed node was called; a guess.
             */
            before?: string | null;
            /** Fields */
            fields: components["schemas"]["FieldDifference"][];
        };
        /** NodeFailure */
        NodeFailure: {
            /** Type */
            type: string;
            /** Message */
            message: string;
            /** Attempt */
            attempt?: number | null;
            /**
             * Details
             * @default {}
             */
            details?: {
                [key: string]: unknown;
            };
        };
        /**
         * NodeField
         * @description How a field of the config is read.
         */
        NodeField: {
            /** Name */
            name: string;
            /**
             * Kind
             * @description `value`: may hold `{{ }}`. `expression`: is one. `template`: text with `{{ }}` that the node renders. `secret`: may name `secrets.x`. `literal`: never a template.
             * @enum {string}
             */
            kind: "value" | "expression" | "template" | "secret" | "literal";
            /**
             * Names
             * @description What an expression in it may name beside the usual: `item`, `index`.
             */
            names: string[];
        };
        /** NodePort */
        NodePort: {
            /** Name */
            name: string;
            /**
             * Type
             * @description For people: `number`, `list of texts`.
             */
            type: string;
            shape: components["schemas"]["PortShape"];
            /**
             * Required
             * @default false
             */
            required?: boolean;
            /**
             * Needed
             * @description An input that may be left open, but not once it is connected.
             * @default false
             */
            needed?: boolean;
            /**
             * Collects
             * @description Takes any number of connections and arrives as a list.
             * @default false
             */
            collects?: boolean;
            /**
             * Branch
             * @description An output that is live only when the node chose it.
             * @default false
             */
            branch?: boolean;
            /**
             * Description
             * @default
             */
            description?: string;
        };
        /**
         * NodePorts
         * @description The ports of a node, with its config.
         */
        NodePorts: {
            /** Inputs */
            inputs: components["schemas"]["NodePort"][];
            /** Outputs */
            outputs: components["schemas"]["NodePort"][];
        };
        /**
         * NodePortsBody
         * @description `config` as a workflow file has it, unfinished as it may be.
         */
        NodePortsBody: {
            /** Config */
            config?: {
                [key: string]: unknown;
            };
        };
        /**
         * NodeResult
         * @description What became of a node. `outputs` are its live ports; one that is too large is null and told in `cut`.
         */
        NodeResult: {
            /**
             * Status
             * @enum {string}
             */
            status: "running" | "waiting" | "paused" | "completed" | "failed" | "skipped" | "cancelled" | "in_doubt";
            /**
             * Outputs
             * @default {}
             */
            outputs?: {
                [key: string]: unknown;
            };
            /**
             * Attempts
             * @default 0
             */
            attempts?: number;
            /**
             * Duration Ms
             * @description From its first attempt on, what it waited included.
             * @default 0
             */
            duration_ms?: number;
            /** Started At */
            started_at?: string | null;
            /** Finished At */
            finished_at?: string | null;
            error?: components["schemas"]["Failure"] | null;
            /**
             * Cut
             * @default {}
             */
            cut?: {
                [key: string]: components["schemas"]["CutValue"];
            };
        };
        /**
         * NodeTestBody
         * @description `config` as a workflow file has it, `inputs` a value for each input port.
         */
        NodeTestBody: {
            /** Config */
            config?: {
                [key: string]: unknown;
            };
            /** Inputs */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * Mode
             * @default test
             * @enum {string}
             */
            mode?: "live" | "paper" | "test";
            /**
             * Profiles
             * @default []
             */
            profiles?: string[];
        };
        /** NodeTestResult */
        NodeTestResult: {
            /**
             * Status
             * @enum {string}
             */
            status: "running" | "waiting" | "completed" | "failed" | "skipped" | "cancelled" | "in_doubt";
            /**
             * Outputs
             * @description The value of each live output port.
             */
            outputs: {
                [key: string]: unknown;
            };
            error?: components["schemas"]["NodeFailure"] | null;
            /** Duration Ms */
            duration_ms?: number | null;
        };
        /**
         * NodeTypeDetail
         * @description A node type in full: what a form, a canvas and a reader need.
         */
        NodeTypeDetail: {
            /** Type */
            type: string;
            /** Title */
            title: string;
            /** Category */
            category: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "pure" | "effect" | "trigger" | "container" | "note";
            /**
             * Description
             * @description All of it, Markdown.
             */
            description: string;
            /**
             * Available
             * @description Everything it needs is installed.
             */
            available: boolean;
            /** Inputs */
            inputs: components["schemas"]["NodePort"][];
            /** Outputs */
            outputs: components["schemas"]["NodePort"][];
            /** Ports Depend On Config */
            ports_depend_on_config: boolean;
            /**
             * Bodies
             * @description Of a container: `body`, `catch`, `finally`.
             */
            bodies: string[];
            /**
             * Body Names
             * @description What expressions in its bodies may name: `loop`, `error`.
             */
            body_names: string[];
            /**
             * Config Schema
             * @description JSON Schema of its config.
             */
            config_schema: {
                [key: string]: unknown;
            };
            /**
             * Fields
             * @description How each field of its config is read.
             */
            fields: components["schemas"]["NodeField"][];
            /**
             * In Doubt
             * @description What becomes of it when a crash cut it off.
             * @enum {string}
             */
            in_doubt: "ask" | "repeat" | "reconcile";
            /** Timeout */
            timeout?: number | null;
            /**
             * Extra
             * @description What to install for it: `treadle[<extra>]`.
             */
            extra?: string | null;
            /**
             * Missing
             * @description Python modules it needs that are not installed.
             */
            missing: string[];
            /** Example */
            example?: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * NodeTypeList
         * @description Node types by name.
         */
        NodeTypeList: {
            /**
             * Items
             * @description In full with `detail=true`.
             */
            items: components["schemas"]["NodeTypeSummary"][] | components["schemas"]["NodeTypeDetail"][];
        };
        /** NodeTypeSummary */
        NodeTypeSummary: {
            /** Type */
            type: string;
            /** Title */
            title: string;
            /** Category */
            category: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "pure" | "effect" | "trigger" | "container" | "note";
            /**
             * Description
             * @description Its first line.
             */
            description: string;
            /**
             * Available
             * @description Everything it needs is installed.
             */
            available: boolean;
        };
        /** OpenTrade */
        OpenTrade: {
            /** Symbol */
            symbol: string;
            /** Quantity */
            quantity: string;
        };
        /**
         * Order
         * @description An order, as it was last heard of.
         */
        Order: {
            /** Client Id */
            client_id: string;
            /**
             * Id
             * @description The venue's.
             */
            id: string | null;
            /** Venue */
            venue: string;
            /** Account */
            account: string;
            /** Symbol */
            symbol: string;
            /** Side */
            side: string;
            /** Kind */
            kind: string;
            /** Quantity */
            quantity: string;
            /** Price */
            price: string | null;
            /** Stop Price */
            stop_price: string | null;
            /**
             * Stop Loss
             * @description Where what it opens is closed with a loss.
             */
            stop_loss: string | null;
            /**
             * Take Profit
             * @description Where what it opens is closed with a profit.
             */
            take_profit: string | null;
            /**
             * Guarded
             * @description Who keeps its stop-loss and take-profit, `venue` or `us`, as long as there is something to guard.
             */
            guarded: string | null;
            /**
             * Status
             * @description `sending` and `unknown`: whether the venue has it is being asked.
             */
            status: string;
            /** Is Open */
            is_open: boolean;
            /** Filled */
            filled: string;
            /** Average */
            average: string | null;
            /** Fee */
            fee: string | null;
            /** Fee Asset */
            fee_asset: string | null;
            /** Reduce Only */
            reduce_only: boolean;
            /** Order Group */
            order_group: string | null;
            /** Reason */
            reason: string | null;
            /** Run */
            run: string | null;
            /** Path */
            path: string | null;
            /** Created At */
            created_at: string | null;
            /** Updated At */
            updated_at: string | null;
        };
        /**
         * OrderPage
         * @description Orders, the newest first.
         */
        OrderPage: {
            /** Items */
            items: components["schemas"]["Order"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * Pane
         * @description An indicator, bar by bar. `overlay`: it is of the unit of the price.
         */
        Pane: {
            /** Node */
            node: string;
            /** Port */
            port: string;
            /** Title */
            title: string;
            /** Values */
            values: (number | null)[];
            /** Overlay */
            overlay: boolean;
        };
        /**
         * PortShape
         * @description What flows through a port, for who decides what fits: see `treadle.model.port.PortType`.
         */
        PortShape: {
            /**
             * Kind
             * @description `any`, `number`, `text`, `list` …, or the name of a domain type such as `candles`.
             */
            kind: string;
            /**
             * Item
             * @description Of a list or series: what its items are.
             */
            item?: components["schemas"]["PortShape"];
            /**
             * Nullable
             * @description Null may come too.
             * @default false
             */
            nullable?: boolean;
            /**
             * Base
             * @description Of a domain type: what it is made of.
             */
            base?: string;
        };
        /**
         * Position
         * @description What is held, as the deployment's own fills say.
         */
        Position: {
            /** Account */
            account: string;
            /** Symbol */
            symbol: string;
            /**
             * Quantity
             * @description Below zero where it is short.
             */
            quantity: string;
            /**
             * Average
             * @description What a unit was entered at.
             */
            average: string | null;
            /** Cost */
            cost: string;
            /** Currency */
            currency: string;
            /**
             * Last Price
             * @description Of the last fill of the symbol.
             */
            last_price: string | null;
            /**
             * Realised
             * @description What trades of the symbol have brought so far, after fees.
             */
            realised: string;
            /** Opened At */
            opened_at: string | null;
            /** Runs */
            runs: string[];
        };
        /**
         * PositionList
         * @description What is held, the oldest first.
         */
        PositionList: {
            /** Items */
            items: components["schemas"]["Position"][];
        };
        /**
         * Problem
         * @description What was wrong and what to do about it. `code` is stable and meant for programs, the rest for people.
         * @example {
         *       "code": "unknown_workflow",
         *       "detail": "There is no workflow `order-desc` in the store. Did you mean `order-desk`?",
         *       "remedy": "Did you mean `order-desk`?",
         *       "status": 404,
         *       "title": "There is no workflow `order-desc` in the store.",
         *       "type": "urn:treadle:error:unknown_workflow"
         *     }
         */
        Problem: {
            /**
             * Type
             * @description The code as a URN.
             */
            type: string;
            /**
             * Title
             * @description What was wrong.
             */
            title: string;
            /**
             * Status
             * @description The HTTP status.
             */
            status: number;
            /** Code */
            code: string;
            /**
             * Detail
             * @description What was wrong and what to do, in one text.
             */
            detail: string;
            /**
             * Remedy
             * @default null
             */
            remedy?: string | null;
            /**
             * Details
             * @description The facts that the message was made from.
             * @default null
             */
            details?: {
                [key: string]: unknown;
            } | null;
            /**
             * Issues
             * @description Everything that was wrong, by its place.
             * @default null
             */
            issues?: components["schemas"]["ProblemIssue"][] | null;
        };
        /**
         * ProblemIssue
         * @description One of several things that are wrong, with its place.
         */
        ProblemIssue: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Path
             * @description Where, as in `nodes[3].config.url`; empty: the whole.
             */
            path: string;
            /**
             * Line
             * @description In the text that was sent, from 1.
             * @default null
             */
            line?: number | null;
            /**
             * Column
             * @default null
             */
            column?: number | null;
            /**
             * Remedy
             * @default null
             */
            remedy?: string | null;
            /**
             * Severity
             * @default error
             * @enum {string}
             */
            severity?: "error" | "warning";
        };
        /**
         * ProfileChange
         * @description Fields to set; those that are null are removed, and others stay.
         */
        ProfileChange: {
            /**
             * Provider
             * @description Null: as it is.
             */
            provider?: string | null;
            /**
             * Fields
             * @default {}
             */
            fields?: {
                [key: string]: string | null;
            };
        };
        /** ProfileFromDocument */
        ProfileFromDocument: {
            /** Name */
            name: string;
            /** Provider */
            provider: string | null;
            /**
             * Fields
             * @description Their names; what they hold is sealed.
             */
            fields: string[];
        };
        /**
         * ProfileInfo
         * @description A profile, without the values of its fields.
         */
        ProfileInfo: {
            /** Name */
            name: string;
            /**
             * Source
             * @enum {string}
             */
            source: "environment" | "vault";
            /**
             * Provider
             * @description What the fields are for, as `http`.
             */
            provider?: string | null;
            /**
             * Owner
             * @description The id of a user; null: whoever may use credentials.
             */
            owner?: string | null;
            /** Created At */
            created_at?: string | null;
            /** Fields */
            fields: components["schemas"]["SecretInfo"][];
        };
        /** ProfileList */
        ProfileList: {
            /** Items */
            items: components["schemas"]["ProfileInfo"][];
        };
        /**
         * PublishEvent
         * @description Something that happened, for whoever listens to its topic.
         */
        PublishEvent: {
            /**
             * Topic
             * @description Words with dots between: `order.paid`.
             */
            topic: string;
            /** Payload */
            payload?: unknown;
        };
        /**
         * PublishTemplate
         * @description A template of a workflow.
         */
        PublishTemplate: {
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description A number, a digest, `latest` or `draft`.
             */
            version?: string | null;
            /**
             * Name
             * @description Null: as the workflow is called.
             */
            name?: string | null;
            /** Title */
            title?: string | null;
            /** Description */
            description?: string | null;
            /**
             * Category
             * @default general
             */
            category?: string;
            /** Tags */
            tags?: string[] | null;
            /**
             * Difficulty
             * @default beginner
             * @enum {string}
             */
            difficulty?: "beginner" | "intermediate" | "advanced";
            /**
             * Duration
             * @description Seconds; about how long a run takes.
             */
            duration?: number | null;
            /**
             * Parameters
             * @description By name: JSON Schema, and `sets: nodes.fetch.config.url`. Null: every input with a default.
             */
            parameters?: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
            /**
             * Replace
             * @default false
             */
            replace?: boolean;
        };
        /** PublishWorkflow */
        PublishWorkflow: {
            /**
             * Revision
             * @description The draft that was read; another is refused.
             */
            revision?: number | null;
            /**
             * Note
             * @description What is new in it, or why.
             */
            note?: string | null;
        };
        /**
         * PublishedEvent
         * @description An event that is kept, to be delivered.
         */
        PublishedEvent: {
            /** Id */
            id: string;
            /** Topic */
            topic: string;
            /**
             * Listeners
             * @description The active deployments that listen to it, whatever they filter out.
             */
            listeners: string[];
        };
        /** PublishedTemplateDetail */
        PublishedTemplateDetail: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** Category */
            category: string;
            /** Tags */
            tags: string[];
            /**
             * Difficulty
             * @enum {string}
             */
            difficulty: "beginner" | "intermediate" | "advanced";
            /**
             * Duration Seconds
             * @description About how long a run takes, as its author says.
             */
            duration_seconds?: number | null;
            /**
             * Source
             * @description With Treadle, or by somebody here.
             * @enum {string}
             */
            source: "shipped" | "published";
            /** Author */
            author?: string | null;
            /** Updated At */
            updated_at?: string | null;
            /**
             * Usable
             * @description False: something that it is made of is not installed here.
             */
            usable: boolean;
            /** Requirements */
            requirements: components["schemas"]["TemplateRequirement"][];
            statistics: components["schemas"]["TemplateStatistics"];
            /** @description Of trading templates that come with Treadle. */
            measured?: components["schemas"]["TemplateMeasured"] | null;
            /**
             * Parameters
             * @description The parameters as the JSON Schema of an object.
             */
            parameters: {
                [key: string]: unknown;
            };
            /**
             * Text
             * @description Its file.
             */
            text: string;
            /**
             * Graph
             * @description Nodes and connections, for a canvas.
             */
            graph: {
                [key: string]: unknown;
            };
            validation: components["schemas"]["Validation"];
            /** Stripped */
            stripped: components["schemas"]["StrippedValue"][];
        };
        /**
         * PublishedVersion
         * @description What publishing came to. `is_new`: it was not published before; `was_latest`: nothing has changed at all.
         */
        PublishedVersion: {
            /** Workflow */
            workflow: string;
            /** Version */
            version: number;
            /** Digest */
            digest: string;
            /** Is New */
            is_new: boolean;
            /** Was Latest */
            was_latest: boolean;
            /** Note */
            note?: string | null;
            /** Author */
            author?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** Quantiles */
        Quantiles: {
            /** P5 */
            p5: number | null;
            /** P25 */
            p25?: number | null;
            /** P50 */
            p50: number | null;
            /** P75 */
            p75?: number | null;
            /** P95 */
            p95: number | null;
            /** Mean */
            mean?: number | null;
        };
        /**
         * Quotas
         * @description What the workflows of one user may use; null: as the installation's settings say.
         */
        Quotas: {
            /** Workflows */
            workflows?: number | null;
            /** Runs Per Day */
            runs_per_day?: number | null;
            /** Concurrent Runs */
            concurrent_runs?: number | null;
            /**
             * Nodes
             * @description Of one workflow.
             */
            nodes?: number | null;
            /** Run Seconds */
            run_seconds?: number | null;
        };
        /**
         * Rate
         * @description No more than `number` runs begin in any `period` seconds, but for a `burst` at once.
         */
        Rate: {
            /** Number */
            number: number;
            /** Period */
            period: number;
            /**
             * Burst
             * @default 1
             */
            burst?: number;
            /**
             * Key
             * @description An expression: each value has its own rate.
             */
            key?: string | null;
        };
        /** RateTemplate */
        RateTemplate: {
            /** Rating */
            rating: number;
            /** Comment */
            comment?: string | null;
        };
        /**
         * Reason
         * @description Why a deployment was stopped, or starts no runs for now.
         */
        Reason: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Code
             * @enum {string}
             */
            code: "differs" | "not_reconciled";
            /** Message */
            message: string;
            /**
             * Differences
             * @description What is otherwise than it was left, each in a sentence.
             */
            differences: string[];
        };
        /**
         * RecommendTemplates
         * @description What is looked for.
         */
        RecommendTemplates: {
            /**
             * About
             * @description In your own words: industry, goal, systems.
             * @default
             */
            about?: string;
            /**
             * Tags
             * @default []
             */
            tags?: string[];
            /** Category */
            category?: string | null;
            /** Difficulty */
            difficulty?: ("beginner" | "intermediate" | "advanced") | null;
            /**
             * Limit
             * @default 5
             */
            limit?: number;
        };
        /** RecommendedTemplate */
        RecommendedTemplate: {
            template: components["schemas"]["Template"];
            /**
             * Score
             * @description From 0 to 1; it means something only beside others.
             */
            score: number;
            /** Reasons */
            reasons: string[];
        };
        /** RecommendedTemplates */
        RecommendedTemplates: {
            /** Items */
            items: components["schemas"]["RecommendedTemplate"][];
        };
        /**
         * Refusal
         * @description Why a run could not be started.
         */
        Refusal: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** About */
            about: string;
            /** Code */
            code: string;
            /** Message */
            message: string;
        };
        /**
         * Refused
         * @description A run that could not be tried again.
         */
        Refused: {
            /** Run Id */
            run_id: string;
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Remedy */
            remedy?: string | null;
        };
        /**
         * ReplayFigure
         * @description What a figure is of the runs as they were recorded, and as they would be. Null: nobody can say.
         */
        ReplayFigure: {
            /** Name */
            name: string;
            /** Before */
            before: number | null;
            /** After */
            after: number | null;
        };
        /**
         * ReplayReport
         * @description A version over recorded runs, with nothing done and nothing written. `figures` are of the runs that could be
         *     replayed to their end; `warnings` are what to know before believing them. `begins` and `ends` are when the first of
         *     the runs and the last began.
         */
        ReplayReport: {
            /** Workflow */
            workflow: string;
            /** Version */
            version: string;
            /** Runs */
            runs: number;
            /** Begins */
            begins: string | null;
            /** Ends */
            ends: string | null;
            /** Figures */
            figures: components["schemas"]["ReplayFigure"][];
            /** Warnings */
            warnings: components["schemas"]["ReplayWarning"][];
            /** Verdicts */
            verdicts: {
                [key: string]: number;
            };
            statuses: components["schemas"]["BeforeAfter"];
            counters: components["schemas"]["BeforeAfter"];
            /** Effects */
            effects: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** Replays */
            replays: components["schemas"]["ReplayedRun"][];
        };
        /**
         * ReplaySelection
         * @description Which recorded runs to replay, and with which version.
         */
        ReplaySelection: {
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @default latest
             */
            version?: string;
            /** Deployment */
            deployment?: string | null;
            /** Run */
            run?: string | null;
            /** Since */
            since?: string | null;
            /** Until */
            until?: string | null;
            /**
             * Statuses
             * @default [
             *       "completed",
             *       "failed",
             *       "cancelled"
             *     ]
             */
            statuses?: ("completed" | "failed" | "cancelled")[];
            /**
             * Limit
             * @description The newest so many.
             * @default 20
             */
            limit?: number;
            /**
             * Stubs
             * @description What effects that were never made come to, by path or type.
             * @default {}
             */
            stubs?: {
                [key: string]: unknown;
            };
        };
        /** ReplayWarning */
        ReplayWarning: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Severity
             * @enum {string}
             */
            severity: "info" | "warning" | "error";
        };
        /**
         * ReplayedRun
         * @description One run, before and after.
         */
        ReplayedRun: {
            /** Run Id */
            run_id: string;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "same" | "different" | "undetermined" | "failed";
            /** Before */
            before: {
                [key: string]: unknown;
            } | null;
            /** After */
            after: {
                [key: string]: unknown;
            } | null;
            /** Differences */
            differences: {
                [key: string]: unknown;
            }[];
            /** Nodes */
            nodes: {
                [key: string]: unknown;
            }[];
            /** Effects */
            effects: {
                [key: string]: unknown;
            }[];
            /** Unknown */
            unknown: string[];
            /** Depends */
            depends: string[];
            /** Reason */
            reason: string | null;
        };
        /**
         * ResolveBody
         * @description What became of an effect in doubt.
         */
        ResolveBody: {
            /**
             * Node
             * @description Its path.
             */
            node: string;
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "done" | "repeat" | "failed";
            /**
             * Output
             * @description What it came to, when it is done.
             */
            output?: unknown;
        };
        /**
         * RetriedRuns
         * @description Runs that are being tried again, and those that could not be.
         */
        RetriedRuns: {
            /** Run Ids */
            run_ids: string[];
            /** Refused */
            refused: components["schemas"]["Refused"][];
        };
        /**
         * RollBack
         * @description That a version was made the latest again.
         */
        RollBack: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Note */
            note?: string | null;
            /** Author */
            author?: string | null;
        };
        /** RollBackWorkflow */
        RollBackWorkflow: {
            /**
             * Version
             * @description A number or a digest.
             * @example 3
             */
            version: string;
            /** Note */
            note?: string | null;
        };
        /**
         * Run
         * @description A run with its values, what became of its nodes and what it waits for. What is too large is null and told in
         *     `cut`: read a node's at `/runs/{id}/nodes/{path}`, the output at `/runs/{id}/result`, what it was given at
         *     `/runs/{id}/input`.
         */
        Run: {
            /** Id */
            id: string;
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description The digest of its version.
             */
            version: string;
            /**
             * Version Number
             * @description Null: it is of no version that is kept.
             */
            version_number?: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "suspended" | "completed" | "failed" | "cancelled";
            /**
             * Mode
             * @enum {string}
             */
            mode: "live" | "paper" | "test";
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Finished At */
            finished_at?: string | null;
            /** Duration Ms */
            duration_ms?: number | null;
            /**
             * Trigger
             * @description The trigger node that fired.
             */
            trigger?: string | null;
            /** Deployment */
            deployment?: string | null;
            /**
             * Due At
             * @description The fire time it was started for.
             */
            due_at?: string | null;
            /**
             * Wake At
             * @description When a waiting run goes on by itself.
             */
            wake_at?: string | null;
            error?: components["schemas"]["Failure"] | null;
            /**
             * Parent
             * @description The run that started it.
             */
            parent?: string | null;
            /** Forked From */
            forked_from?: string | null;
            /**
             * Counters
             * @default {}
             */
            counters?: {
                [key: string]: number;
            };
            /**
             * Cancel Requested
             * @default false
             */
            cancel_requested?: boolean;
            /**
             * Dismissed At
             * @description When a failed run was put aside.
             */
            dismissed_at?: string | null;
            /**
             * Input
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Params
             * @default {}
             */
            params?: {
                [key: string]: unknown;
            };
            /**
             * Fired
             * @description What its trigger brought.
             */
            fired?: unknown;
            /** Output */
            output?: unknown;
            /**
             * Profiles
             * @default []
             */
            profiles?: string[];
            /** Forked At */
            forked_at?: string | null;
            /**
             * Moved From
             * @description The version it was moved away from last.
             */
            moved_from?: string | null;
            /**
             * Nodes
             * @default {}
             */
            nodes?: {
                [key: string]: components["schemas"]["NodeResult"];
            };
            /**
             * Nodes Left Out
             * @default 0
             */
            nodes_left_out?: number;
            /**
             * Waits
             * @default []
             */
            waits?: components["schemas"]["RunWait"][];
            /** @description Null: it cannot be debugged. */
            debug?: components["schemas"]["Breakpoints"] | null;
            /**
             * Cut
             * @default {}
             */
            cut?: {
                [key: string]: components["schemas"]["CutValue"];
            };
        };
        /**
         * RunDay
         * @description How many runs ended on a day, in UTC.
         */
        RunDay: {
            /**
             * Day
             * Format: date
             */
            day: string;
            /** Completed */
            completed: number;
            /** Failed */
            failed: number;
            /** Cancelled */
            cancelled: number;
        };
        /**
         * RunDayList
         * @description Day by day, today last.
         */
        RunDayList: {
            /** Items */
            items: components["schemas"]["RunDay"][];
        };
        /**
         * RunInput
         * @description What a run was given, whole.
         */
        RunInput: {
            /**
             * Input
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Params
             * @default {}
             */
            params?: {
                [key: string]: unknown;
            };
            /**
             * Fired
             * @description What its trigger brought.
             */
            fired?: unknown;
        };
        /**
         * RunPage
         * @description Runs, newest first.
         */
        RunPage: {
            /** Items */
            items: components["schemas"]["RunSummary"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * RunState
         * @description How an unfinished run stands: `state` is its deployment's as the run sees it.
         */
        RunState: {
            /** Id */
            id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "suspended" | "completed" | "failed" | "cancelled";
            /** Waits */
            waits: components["schemas"]["RunWait"][];
            /** Nodes */
            nodes: {
                [key: string]: "running" | "waiting" | "paused" | "completed" | "failed" | "skipped" | "cancelled" | "in_doubt";
            };
            /**
             * State
             * @default {}
             */
            state?: {
                [key: string]: unknown;
            };
        };
        /**
         * RunSummary
         * @description A run, without its values.
         */
        RunSummary: {
            /** Id */
            id: string;
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description The digest of its version.
             */
            version: string;
            /**
             * Version Number
             * @description Null: it is of no version that is kept.
             */
            version_number?: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "suspended" | "completed" | "failed" | "cancelled";
            /**
             * Mode
             * @enum {string}
             */
            mode: "live" | "paper" | "test";
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Finished At */
            finished_at?: string | null;
            /** Duration Ms */
            duration_ms?: number | null;
            /**
             * Trigger
             * @description The trigger node that fired.
             */
            trigger?: string | null;
            /** Deployment */
            deployment?: string | null;
            /**
             * Due At
             * @description The fire time it was started for.
             */
            due_at?: string | null;
            /**
             * Wake At
             * @description When a waiting run goes on by itself.
             */
            wake_at?: string | null;
            error?: components["schemas"]["Failure"] | null;
            /**
             * Parent
             * @description The run that started it.
             */
            parent?: string | null;
            /** Forked From */
            forked_from?: string | null;
            /**
             * Counters
             * @default {}
             */
            counters?: {
                [key: string]: number;
            };
            /**
             * Cancel Requested
             * @default false
             */
            cancel_requested?: boolean;
            /**
             * Dismissed At
             * @description When a failed run was put aside.
             */
            dismissed_at?: string | null;
        };
        /**
         * RunWait
         * @description What a node of a waiting run waits for.
         */
        RunWait: {
            /** Node */
            node: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "time" | "retry" | "signal" | "task" | "answered" | "run" | "answer" | "breakpoint";
            /**
             * Until
             * @description When it goes on by itself.
             */
            until?: string | null;
            /**
             * Id
             * @description Of the task, or of the child run.
             */
            id?: string | null;
            /**
             * Names
             * @description The signals it may be.
             * @default []
             */
            names?: string[];
            /**
             * Key
             * @default
             */
            key?: string;
            /**
             * Inputs
             * @description At a breakpoint: what the node would get, by input port.
             * @default {}
             */
            inputs?: {
                [key: string]: unknown;
            };
            /**
             * Config
             * @description At a breakpoint: what the expressions in its config come to.
             * @default {}
             */
            config?: {
                [key: string]: unknown;
            };
            /**
             * Cut
             * @default {}
             */
            cut?: {
                [key: string]: components["schemas"]["CutValue"];
            };
        };
        /**
         * Schedule
         * @description What of a deployment starts by itself: on time, or for what it is told. It is called by its deployment, or
         *     `deployment/trigger` where there are several.
         */
        Schedule: {
            /** Name */
            name: string;
            /** Deployment */
            deployment: string;
            /** Trigger */
            trigger: string;
            /** Type */
            type: string;
            /**
             * When
             * @description In words.
             */
            when: string;
            /** Timezone */
            timezone: string;
            /** Catch Up */
            catch_up: string;
            /** Jitter */
            jitter: number;
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "paused" | "stopped";
            /** Next At */
            next_at: string | null;
            /** Last Fired At */
            last_fired_at: string | null;
            /**
             * Problem
             * @description What keeps it from firing.
             */
            problem?: string | null;
            /** @description Null: it runs on time. */
            listening?: components["schemas"]["Listening"] | null;
        };
        /**
         * ScheduleList
         * @description All that is called by a name: one, or all of a deployment.
         */
        ScheduleList: {
            /** Items */
            items: components["schemas"]["Schedule"][];
        };
        /**
         * SchedulePage
         * @description Schedules, by name.
         */
        SchedulePage: {
            /** Items */
            items: components["schemas"]["Schedule"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * SecretInfo
         * @description What may be known of a secret, or of a profile's field.
         */
        SecretInfo: {
            /** Name */
            name: string;
            /**
             * Source
             * @description One of the environment counts before one of the vault.
             * @enum {string}
             */
            source: "environment" | "vault";
            /**
             * Updated At
             * @description Null: of the environment.
             */
            updated_at?: string | null;
            /** Updated By */
            updated_by?: string | null;
            /**
             * Opens
             * @description False: the key that it was sealed with is missing.
             * @default true
             */
            opens?: boolean;
        };
        /** SecretList */
        SecretList: {
            /** Items */
            items: components["schemas"]["SecretInfo"][];
        };
        /**
         * SecretValue
         * @description A value to store. It cannot be read again.
         */
        SecretValue: {
            /**
             * Value
             * Format: password
             */
            value: string;
        };
        /**
         * SendSignal
         * @description A signal for a run, or for whichever run waits for its name and key.
         */
        SendSignal: {
            /** Name */
            name: string;
            /** Payload */
            payload?: unknown;
            /**
             * Key
             * @default
             */
            key?: string;
            /**
             * Id
             * @description Sent again, nothing happens.
             */
            id?: string | null;
            /** Run Id */
            run_id?: string | null;
        };
        /**
         * SentSignal
         * @description A signal that is kept, and the run that was waiting for it.
         */
        SentSignal: {
            /** Id */
            id: string;
            /**
             * Woken
             * @description The run that takes it; null: none waits for it yet.
             */
            woken: string | null;
        };
        /** SeriesPoint */
        SeriesPoint: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Value */
            value: string;
        };
        /**
         * Session
         * @description A browser that is signed in.
         */
        Session: {
            /** Id */
            id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Seen At
             * Format: date-time
             */
            seen_at: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Agent */
            agent?: string | null;
            /**
             * Current
             * @description The one that asks.
             * @default false
             */
            current?: boolean;
        };
        /** Sessions */
        Sessions: {
            /** Items */
            items: components["schemas"]["Session"][];
        };
        /** SetPassword */
        SetPassword: {
            /** Password */
            password: string;
        };
        /** SetTags */
        SetTags: {
            /** Tags */
            tags: string[];
        };
        /** Share */
        Share: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "user" | "team" | "everybody";
            /** Name */
            name: string;
            /**
             * Level
             * @enum {string}
             */
            level: "view" | "operate" | "edit" | "own";
        };
        /** ShareWith */
        ShareWith: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "user" | "team" | "everybody";
            /**
             * Name
             * @default
             */
            name?: string;
            /**
             * Level
             * @default view
             * @enum {string}
             */
            level?: "view" | "operate" | "edit";
        };
        /**
         * Sharing
         * @description Whose a workflow is, with whom it is shared, and what the one who asks may do with it.
         */
        Sharing: {
            /** Workflow */
            workflow: string;
            /**
             * Owner
             * @description null: it is everybody's, as far as their role goes.
             */
            owner: string | null;
            /** Shares */
            shares: components["schemas"]["Share"][];
            /** Level */
            level: ("view" | "operate" | "edit" | "own") | null;
        };
        /** SignIn */
        SignIn: {
            /** Name */
            name: string;
            /** Password */
            password: string;
        };
        /**
         * SignInLink
         * @description Signs in once.
         */
        SignInLink: {
            /**
             * Path
             * @description Below the server's address.
             */
            path: string;
            /** Seconds */
            seconds: number;
        };
        /**
         * Signal
         * @description A signal that nobody has taken yet.
         */
        Signal: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Key
             * @description Whom it is about.
             */
            key: string;
            /** Payload */
            payload?: unknown;
            /**
             * Run Id
             * @description The only run it is meant for.
             */
            run_id: string | null;
            /** At */
            at: string | null;
        };
        /**
         * SignalBody
         * @description A signal for one run.
         */
        SignalBody: {
            /** Name */
            name: string;
            /** Payload */
            payload?: unknown;
            /**
             * Key
             * @default
             */
            key?: string;
            /**
             * Id
             * @description Sent again, nothing happens.
             */
            id?: string | null;
        };
        /**
         * SignalPage
         * @description Signals that nobody has taken, oldest first.
         */
        SignalPage: {
            /** Items */
            items: components["schemas"]["Signal"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /** Span */
        Span: {
            /**
             * Begins
             * Format: date-time
             */
            begins: string;
            /**
             * Ends
             * Format: date-time
             */
            ends: string;
        };
        /**
         * SpreadOver
         * @description Variants that were tried as runs of the store, some in each.
         */
        SpreadOver: {
            /** Runs */
            runs: number;
            /**
             * Here
             * @description Of these, how many the process that searched took up itself.
             */
            here: number;
        };
        /**
         * StartBacktest
         * @description What is tested, and over what. Without `sweep`, `walk_forward` and `monte_carlo` it is one test.
         */
        StartBacktest: {
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description A number, a digest, or `draft`; default: the latest.
             */
            version?: string | null;
            /**
             * Graph
             * @description The workflow itself, which need not be stored.
             */
            graph?: {
                [key: string]: unknown;
            } | null;
            /** Data */
            data: components["schemas"]["BarsGiven"][];
            /**
             * Timeframe
             * @description How long a bar is, where it does not tell.
             */
            timeframe?: string | null;
            /** Since */
            since?: string | null;
            /** Until */
            until?: string | null;
            /**
             * Input
             * @description Of the workflow.
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Set
             * @description `node.field` to another setting.
             * @default {}
             */
            set?: {
                [key: string]: unknown;
            };
            /**
             * Paper
             * @description Of the account: `balance`, `fees`, `slippage` …
             * @default {}
             */
            paper?: {
                [key: string]: unknown;
            };
            /**
             * Stubs
             * @description What an effect that is not done comes to: its output, or its outputs by port.
             * @default {}
             */
            stubs?: {
                [key: string]: unknown;
            };
            /**
             * Gaps
             * @description What becomes of missing bars.
             * @default warn
             * @enum {string}
             */
            gaps?: "warn" | "refuse" | "allow";
            /**
             * Way
             * @default auto
             * @enum {string}
             */
            way?: "auto" | "engine" | "compiled";
            sweep?: components["schemas"]["SweepGiven"] | null;
            walk_forward?: components["schemas"]["WalkForwardGiven"] | null;
            monte_carlo?: components["schemas"]["MonteCarloGiven"] | null;
            /**
             * Spread
             * @description Every process of the store that drives runs tries variants, too: the same result.
             * @default false
             */
            spread?: boolean;
        };
        /**
         * StartDeployment
         * @description How to start.
         */
        StartDeployment: {
            /**
             * Confirm
             * @description What it puts at stake, in the words of the refusal (`confirmation_required`): `main max_notional=5`.
             */
            confirm?: string | null;
        };
        /**
         * StartedBacktest
         * @description It is under way, or waits its turn.
         */
        StartedBacktest: {
            /** Id */
            id: string;
        };
        /** StateValue */
        StateValue: {
            /** Value */
            value: unknown;
        };
        /** Stitched */
        Stitched: {
            /** At */
            at: number[];
            /** Equity */
            equity: number[];
        };
        /**
         * StopDeployment
         * @description How to stop.
         */
        StopDeployment: {
            /**
             * Cancel Runs
             * @description Also those under way.
             * @default false
             */
            cancel_runs?: boolean;
        };
        /**
         * StrippedValue
         * @description What was taken out of the workflow.
         */
        StrippedValue: {
            /** Place */
            place: string;
            /**
             * Why
             * @enum {string}
             */
            why: "profile" | "credential" | "secret" | "address" | "recorded";
            /**
             * Parameter
             * @description What asks for it now.
             */
            parameter?: string | null;
        };
        /**
         * Sweep
         * @description Every variant, in the order in which they were tried.
         */
        Sweep: {
            /** Parameters */
            parameters: components["schemas"]["SweptParameter"][];
            /** Metric */
            metric: string;
            /** Method */
            method: string;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /** Rows */
            rows: components["schemas"]["SweepRow"][];
            /**
             * Best
             * @description Its place among the rows; null: none has the metric.
             */
            best: number | null;
            /** Trials */
            trials: number;
            /**
             * Skipped
             * @description Combinations that do not go together, and were not tried.
             * @default 0
             */
            skipped?: number;
            /**
             * Failed
             * @default 0
             */
            failed?: number;
            /**
             * Deflated Sharpe
             * @description How likely it is that the best is more than the best of so many would be by luck.
             */
            deflated_sharpe: number | null;
            /** Probabilistic Sharpe */
            probabilistic_sharpe?: number | null;
            /**
             * Expected Best Sharpe
             * @description By luck alone, a year.
             */
            expected_best_sharpe?: number | null;
            neighbours?: components["schemas"]["Neighbours"] | null;
            /**
             * Cancelled
             * @default false
             */
            cancelled?: boolean;
            /**
             * Warnings
             * @default []
             */
            warnings?: components["schemas"]["Finding"][];
        };
        /**
         * SweepGiven
         * @description Variants of a workflow, and what is to be best of them.
         */
        SweepGiven: {
            /** Parameters */
            parameters: components["schemas"]["SweepParameter"][];
            /**
             * Method
             * @default grid
             * @enum {string}
             */
            method?: "grid" | "random" | "bayesian";
            /**
             * Count
             * @description How many variants; a grid has as many as it has.
             */
            count?: number | null;
            /**
             * Metric
             * @description A figure; the highest is best.
             * @default sharpe
             */
            metric?: string;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
        };
        /**
         * SweepParameter
         * @description What is varied: `values`, or from `low` to `high` by `step`.
         */
        SweepParameter: {
            /**
             * Name
             * @description `node.field`, or `input.name`.
             */
            name: string;
            /** Values */
            values?: unknown[] | null;
            /** Low */
            low?: number | null;
            /** High */
            high?: number | null;
            /** Step */
            step?: number | null;
        };
        /** SweepRow */
        SweepRow: {
            /** Values */
            values: {
                [key: string]: unknown;
            };
            /** Figures */
            figures: {
                [key: string]: number | null;
            };
            error?: components["schemas"]["VariantError"] | null;
        };
        /** SweptParameter */
        SweptParameter: {
            /** Name */
            name: string;
            /** Values */
            values: unknown[];
        };
        /**
         * SystemModel
         * @description How the installation does.
         */
        SystemModel: {
            /**
             * Ok
             * @description Whether nothing that was found is an error.
             */
            ok: boolean;
            /** Findings */
            findings: components["schemas"]["FindingModel"][];
        };
        /** TagCount */
        TagCount: {
            /** Tag */
            tag: string;
            /** Workflows */
            workflows: number;
        };
        /** TagList */
        TagList: {
            /** Items */
            items: components["schemas"]["TagCount"][];
        };
        /**
         * Task
         * @description Something that a person must do before a run goes on.
         */
        Task: {
            /** Id */
            id: string;
            /** Run Id */
            run_id: string;
            /** Node */
            node: string;
            /** Kind */
            kind: string;
            /**
             * Status
             * @enum {string}
             */
            status: "open" | "done" | "expired" | "cancelled";
            /** Title */
            title: string;
            /** Message */
            message: string;
            /**
             * Value
             * @description What it is about.
             */
            value?: unknown;
            /**
             * Form
             * @description JSON Schema of what is to be filled in.
             */
            form?: {
                [key: string]: unknown;
            } | null;
            /**
             * People
             * @description Whom it is for now; empty: anybody.
             */
            people: string[];
            /** Created At */
            created_at: string | null;
            /** Escalate At */
            escalate_at?: string | null;
            /** Deadline At */
            deadline_at?: string | null;
            answer?: components["schemas"]["TaskAnswer"] | null;
        };
        /**
         * TaskAnswer
         * @description What a person said.
         */
        TaskAnswer: {
            /**
             * Outcome
             * @description `approved` or `rejected`.
             */
            outcome: string;
            /**
             * Values
             * @default {}
             */
            values?: {
                [key: string]: unknown;
            };
            /** By */
            by?: string | null;
            /** Note */
            note?: string | null;
            /** At */
            at?: string | null;
        };
        /**
         * TaskDetail
         * @description A task, and the link by which the caller may answer it without signing in; null: it is not theirs to answer.
         */
        TaskDetail: {
            /** Id */
            id: string;
            /** Run Id */
            run_id: string;
            /** Node */
            node: string;
            /** Kind */
            kind: string;
            /**
             * Status
             * @enum {string}
             */
            status: "open" | "done" | "expired" | "cancelled";
            /** Title */
            title: string;
            /** Message */
            message: string;
            /**
             * Value
             * @description What it is about.
             */
            value?: unknown;
            /**
             * Form
             * @description JSON Schema of what is to be filled in.
             */
            form?: {
                [key: string]: unknown;
            } | null;
            /**
             * People
             * @description Whom it is for now; empty: anybody.
             */
            people: string[];
            /** Created At */
            created_at: string | null;
            /** Escalate At */
            escalate_at?: string | null;
            /** Deadline At */
            deadline_at?: string | null;
            answer?: components["schemas"]["TaskAnswer"] | null;
            /** Link */
            link?: string | null;
        };
        /**
         * TaskPage
         * @description Tasks, oldest first.
         */
        TaskPage: {
            /** Items */
            items: components["schemas"]["Task"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /** Team */
        Team: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Members */
            members: string[];
        };
        /**
         * TeamPage
         * @description Teams, by name.
         */
        TeamPage: {
            /** Items */
            items: components["schemas"]["Team"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * Template
         * @description A template as a list shows it.
         */
        Template: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** Category */
            category: string;
            /** Tags */
            tags: string[];
            /**
             * Difficulty
             * @enum {string}
             */
            difficulty: "beginner" | "intermediate" | "advanced";
            /**
             * Duration Seconds
             * @description About how long a run takes, as its author says.
             */
            duration_seconds?: number | null;
            /**
             * Source
             * @description With Treadle, or by somebody here.
             * @enum {string}
             */
            source: "shipped" | "published";
            /** Author */
            author?: string | null;
            /** Updated At */
            updated_at?: string | null;
            /**
             * Usable
             * @description False: something that it is made of is not installed here.
             */
            usable: boolean;
            /** Requirements */
            requirements: components["schemas"]["TemplateRequirement"][];
            statistics: components["schemas"]["TemplateStatistics"];
            /** @description Of trading templates that come with Treadle. */
            measured?: components["schemas"]["TemplateMeasured"] | null;
        };
        /**
         * TemplateDetail
         * @description A template with what is asked before it is used, and what it is made of.
         */
        TemplateDetail: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** Category */
            category: string;
            /** Tags */
            tags: string[];
            /**
             * Difficulty
             * @enum {string}
             */
            difficulty: "beginner" | "intermediate" | "advanced";
            /**
             * Duration Seconds
             * @description About how long a run takes, as its author says.
             */
            duration_seconds?: number | null;
            /**
             * Source
             * @description With Treadle, or by somebody here.
             * @enum {string}
             */
            source: "shipped" | "published";
            /** Author */
            author?: string | null;
            /** Updated At */
            updated_at?: string | null;
            /**
             * Usable
             * @description False: something that it is made of is not installed here.
             */
            usable: boolean;
            /** Requirements */
            requirements: components["schemas"]["TemplateRequirement"][];
            statistics: components["schemas"]["TemplateStatistics"];
            /** @description Of trading templates that come with Treadle. */
            measured?: components["schemas"]["TemplateMeasured"] | null;
            /**
             * Parameters
             * @description The parameters as the JSON Schema of an object.
             */
            parameters: {
                [key: string]: unknown;
            };
            /**
             * Text
             * @description Its file.
             */
            text: string;
            /**
             * Graph
             * @description Nodes and connections, for a canvas.
             */
            graph: {
                [key: string]: unknown;
            };
            validation: components["schemas"]["Validation"];
        };
        /**
         * TemplateMeasured
         * @description What a trading template has come to on paper, in simulated markets, as it is shipped. No promise.
         */
        TemplateMeasured: {
            /**
             * Seed
             * @description Of the simulated markets.
             */
            seed: number;
            /** Begins */
            begins: string;
            /** Ends */
            ends: string;
            /** Fees */
            fees: string;
            /**
             * Parameters
             * @description Those that were not as it is shipped.
             */
            parameters: {
                [key: string]: unknown;
            };
            /** Runs */
            runs: number;
            /** Orders */
            orders: number;
            /** Fills */
            fills: number;
            /**
             * Profit Pct
             * @description Of the equity at the beginning.
             */
            profit_pct: number;
            /**
             * Max Drawdown Pct
             * @description How far the equity was below its highest at most, by day.
             */
            max_drawdown_pct: number;
            /**
             * Market Pct
             * @description What holding its first market would have brought.
             */
            market_pct?: number | null;
            /**
             * Win Rate
             * @description The share of the fills that closed something which did so with a profit.
             */
            win_rate?: number | null;
            /** Currency */
            currency: string;
            /** Began With */
            began_with: number;
            /** Ended With */
            ended_with: number;
            /**
             * Equity
             * @description Of every seventh day.
             */
            equity: number[];
        };
        /**
         * TemplatePage
         * @description Templates by name.
         */
        TemplatePage: {
            /** Items */
            items: components["schemas"]["Template"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * TemplateRequirement
         * @description What has to be there for its runs.
         */
        TemplateRequirement: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "secret" | "profile" | "service" | "workflow";
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description?: string;
        };
        /** TemplateReview */
        TemplateReview: {
            /**
             * Name
             * @description Who says so.
             */
            name: string;
            /** Rating */
            rating: number;
            /** Comment */
            comment?: string | null;
            /**
             * At
             * Format: date-time
             */
            at: string;
        };
        /**
         * TemplateReviewPage
         * @description The newest first.
         */
        TemplateReviewPage: {
            /** Items */
            items: components["schemas"]["TemplateReview"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * TemplateStatistics
         * @description What was measured here. Null: nothing has been yet.
         */
        TemplateStatistics: {
            /**
             * Uses
             * @description Workflows made of it.
             */
            uses: number;
            /**
             * Completed
             * @description Of the latest runs of each of them, tests left out.
             */
            completed: number;
            /** Failed */
            failed: number;
            /**
             * Success Rate
             * @description The share of these runs that completed.
             */
            success_rate?: number | null;
            /**
             * Success At Least
             * @description The lower bound of that with 95 % confidence: few runs prove little.
             */
            success_at_least?: number | null;
            /**
             * Ratings
             * @description Users who rated it.
             */
            ratings: number;
            /**
             * Rating
             * @description Their mean, from 1 to 5.
             */
            rating?: number | null;
        };
        /**
         * TemplateUsePage
         * @description The newest first.
         */
        TemplateUsePage: {
            /** Items */
            items: components["schemas"]["UseOfTemplate"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * TestBody
         * @description A workflow that need not be published, and what to run it with.
         */
        TestBody: {
            /**
             * Input
             * @default {}
             */
            input?: {
                [key: string]: unknown;
            };
            /**
             * Params
             * @default {}
             */
            params?: {
                [key: string]: unknown;
            };
            /**
             * Profiles
             * @default []
             */
            profiles?: string[];
            /**
             * Trigger
             * @description The trigger node that fires.
             */
            trigger?: string | null;
            /**
             * Fired
             * @description What the trigger brings.
             */
            fired?: unknown;
            /**
             * Wait
             * @default sync
             * @enum {string}
             */
            wait?: "sync" | "async" | "stream";
            /**
             * Timeout
             * @description Seconds that `sync` waits before it answers 202.
             * @default 60
             */
            timeout?: number;
            /**
             * Pinned
             * @description Outputs by node: in `test` mode they stand in for it; with `of` they edit what it gave.
             * @default {}
             */
            pinned?: {
                [key: string]: unknown;
            };
            /**
             * Of
             * @description A past run to go on from; needs `from_node`.
             */
            of?: string | null;
            /**
             * From Node
             * @description The node to start at; needs `of`.
             */
            from_node?: string | null;
            /**
             * Breakpoints
             * @description In `test` mode: the run stops before these nodes. Without it (null), and without `step`, it is not debugged.
             */
            breakpoints?: string[] | null;
            /**
             * Confirm
             * @description Live: what it puts at stake, as `confirmation_required` says it.
             */
            confirm?: string | null;
            /**
             * Step
             * @description In `test` mode: the run stops before every node.
             * @default false
             */
            step?: boolean;
            /**
             * Definition
             * @description The workflow as an object; or send `text`.
             */
            definition?: {
                [key: string]: unknown;
            } | null;
            /**
             * Text
             * @description The workflow as YAML or JSON text.
             */
            text?: string | null;
            /**
             * Mode
             * @default test
             * @enum {string}
             */
            mode?: "live" | "paper" | "test";
        };
        /**
         * TimelineItem
         * @description Something that a node did or logged. `key` tells it from all others of the run.
         */
        TimelineItem: {
            /** Key */
            key: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Node */
            node: string;
            /** Level */
            level: string;
            /** Message */
            message: string;
            /**
             * Data
             * @default {}
             */
            data?: {
                [key: string]: unknown;
            };
        };
        /**
         * TimelinePage
         * @description The timeline of a run, oldest first.
         */
        TimelinePage: {
            /** Items */
            items: components["schemas"]["TimelineItem"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * Trade
         * @description A round trip: what one order closed of what was held, and how that had been entered.
         */
        Trade: {
            /** Number */
            number: number;
            /** Account */
            account: string;
            /** Symbol */
            symbol: string;
            /**
             * Side
             * @description `long` or `short`.
             */
            side: string;
            /** Quantity */
            quantity: string;
            /**
             * Entry
             * @description The average price of what was held.
             */
            entry: string;
            /** Exit */
            exit: string;
            /**
             * Profit
             * @description After fees.
             */
            profit: string;
            /** Fees */
            fees: string;
            /** Currency */
            currency: string;
            /**
             * Share
             * @description The profit as a share of what was put in.
             */
            share: number | null;
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            /**
             * Closed At
             * Format: date-time
             */
            closed_at: string;
            /** Held S */
            held_s: number;
            /**
             * Order
             * @description The client id of the order that closed it.
             */
            order: string;
            /**
             * Runs
             * @description Those that entered it, then the one that closed it.
             */
            runs: string[];
        };
        /**
         * TradePage
         * @description Trades, the last that closed first.
         */
        TradePage: {
            /** Items */
            items: components["schemas"]["Trade"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /** TransferWorkflow */
        TransferWorkflow: {
            /**
             * To
             * @description A user; null: everybody.
             */
            to: string | null;
        };
        /** TransferWorkflows */
        TransferWorkflows: {
            /**
             * To
             * @description A user; null: everybody.
             */
            to: string | null;
        };
        /** Transferred */
        Transferred: {
            /** Workflows */
            workflows: string[];
        };
        /**
         * Trigger
         * @description What starts the runs of a deployment.
         */
        Trigger: {
            /** Id */
            id: string;
            /**
             * Node
             * @description Null: it stands in for one (`every`).
             */
            node: string | null;
            /** Type */
            type: string;
            /** Config */
            config: {
                [key: string]: unknown;
            };
            /** Topic */
            topic: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "armed" | "paused";
            /** Armed At */
            armed_at: string | null;
            /** Last Fired At */
            last_fired_at: string | null;
        };
        /**
         * TriggerList
         * @description What starts the runs of a deployment.
         */
        TriggerList: {
            /** Items */
            items: components["schemas"]["Trigger"][];
        };
        /**
         * UpdateDeployment
         * @description Changes to a deployment; what is left out stays.
         */
        UpdateDeployment: {
            /** Mode */
            mode?: ("live" | "paper" | "test") | null;
            /** Input */
            input?: {
                [key: string]: unknown;
            } | null;
            /** Params */
            params?: {
                [key: string]: unknown;
            } | null;
            /** Profiles */
            profiles?: string[] | null;
            limits?: components["schemas"]["Limits"] | null;
            /**
             * Confirm
             * @description What it puts at stake, in the words of the refusal (`confirmation_required`): `main max_notional=5`.
             */
            confirm?: string | null;
            /** Version */
            version?: string | null;
            /**
             * Every
             * @description Seconds; `own`: the workflow's own times.
             */
            every?: number | "own" | null;
            /**
             * Waiting
             * @description Whether runs that wait finish as they began, or go over to the version.
             * @default keep
             * @enum {string}
             */
            waiting?: "keep" | "move";
        };
        /**
         * UseOfTemplate
         * @description A workflow that was made of it, and what its latest runs came to.
         */
        UseOfTemplate: {
            /** Workflow */
            workflow: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Completed */
            completed: number;
            /** Failed */
            failed: number;
        };
        /** User */
        User: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "viewer" | "operator" | "editor" | "admin";
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Disabled At */
            disabled_at?: string | null;
            /**
             * Has Password
             * @description Whether they can sign in without a link.
             */
            has_password: boolean;
            /** @description Their own; null: those of the installation. */
            quotas?: components["schemas"]["Quotas"] | null;
        };
        /**
         * UserNames
         * @description With whom a workflow can be shared.
         */
        UserNames: {
            /** Users */
            users: string[];
            /** Teams */
            teams: string[];
        };
        /**
         * UserPage
         * @description Users, by name.
         */
        UserPage: {
            /** Items */
            items: components["schemas"]["User"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * Validation
         * @description Everything that is wrong, not the first thing.
         */
        Validation: {
            /** Valid */
            valid: boolean;
            /** Issues */
            issues: components["schemas"]["ProblemIssue"][];
            /**
             * Names
             * @description What the workflows in it are called.
             * @default []
             */
            names?: string[];
            /**
             * Graphs
             * @description Each of them as nodes and connections, for a canvas, as far as it can be read.
             * @default []
             */
            graphs?: {
                [key: string]: unknown;
            }[];
        };
        /** VariantError */
        VariantError: {
            /** Code */
            code: string;
            /** Message */
            message: string;
        };
        /**
         * Variants
         * @description How many tries of this workflow over this market are kept, this one included.
         */
        Variants: {
            /**
             * Here
             * @description In this one.
             */
            here: number;
            /**
             * Before
             * @description In those before it.
             */
            before: number;
        };
        /**
         * VersionPage
         * @description Versions, the latest first.
         */
        VersionPage: {
            /** Items */
            items: components["schemas"]["WorkflowVersion"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * WalkForward
         * @description What was chosen in each window, and what it did in the time after.
         */
        WalkForward: {
            /** Windows */
            windows: components["schemas"]["Window"][];
            /** Metric */
            metric?: string | null;
            /**
             * Parameters
             * @default []
             */
            parameters?: components["schemas"]["SweptParameter"][];
            /**
             * Anchored
             * @default false
             */
            anchored?: boolean;
            stitched: components["schemas"]["Stitched"];
            /** Figures */
            figures: {
                [key: string]: number | null;
            };
            /**
             * Efficiency
             * @description What was made out of sample, as a share of what was in it.
             */
            efficiency: number | null;
        };
        /**
         * WalkForwardGiven
         * @description Windows: each is tried out on its first part, and the best is tested on what follows.
         */
        WalkForwardGiven: {
            /**
             * Train
             * @description How long, such as `90d`.
             */
            train: string;
            /** Test */
            test: string;
            /**
             * Anchored
             * @description All first parts begin at the beginning.
             * @default false
             */
            anchored?: boolean;
            /** @description Instead of the `sweep` of the whole request. */
            sweep?: components["schemas"]["SweepGiven"] | null;
        };
        /** WarmUp */
        WarmUp: {
            /**
             * Runs
             * @description How many runs passed before every node had what it needs.
             */
            runs: number;
            /**
             * Ends
             * @description When that was (ms).
             */
            ends?: number | null;
            /**
             * Nodes
             * @default []
             */
            nodes?: components["schemas"]["WarmUpNode"][];
        };
        /**
         * WarmUpNode
         * @description How long a node had nothing to say, for want of bars.
         */
        WarmUpNode: {
            /** Node */
            node: string;
            /** Runs */
            runs: number;
        };
        /**
         * Window
         * @description What was best over one stretch, and what it did over the next.
         */
        Window: {
            train: components["schemas"]["Span"];
            test: components["schemas"]["Span"];
            /**
             * Chosen
             * @description Null: nothing could be chosen, and nothing was traded.
             */
            chosen: {
                [key: string]: unknown;
            } | null;
            /** Train Figures */
            train_figures: {
                [key: string]: number | null;
            };
            /** Test Figures */
            test_figures: {
                [key: string]: number | null;
            };
            /**
             * Trials
             * @default 0
             */
            trials?: number;
            /** Deflated Sharpe */
            deflated_sharpe?: number | null;
            error?: components["schemas"]["VariantError"] | null;
        };
        /**
         * WireValues
         * @description What stood on the wires in the last run at or before a time.
         */
        WireValues: {
            /** At */
            at: number;
            /**
             * Before
             * @description When the run before it was.
             */
            before: number | null;
            /** After */
            after: number | null;
            /**
             * Nodes
             * @description By node and port; what was not live is not there.
             */
            nodes: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
        };
        /**
         * Workflow
         * @description A workflow as a list shows it.
         */
        Workflow: {
            /** Name */
            name: string;
            /** Title */
            title?: string | null;
            /** Description */
            description?: string | null;
            /**
             * Tags
             * @description Those in its file, and those it was given beside it.
             */
            tags: string[];
            /**
             * Given Tags
             * @description Those it was given: `PUT …/tags` replaces them.
             */
            given_tags: string[];
            /**
             * Owner
             * @description A user's id; null: everybody's, as far as their role goes.
             */
            owner?: string | null;
            /**
             * Version
             * @description The number of the latest version; null: not published yet.
             */
            version?: number | null;
            /**
             * Digest
             * @description Twelve hex digits of the latest version.
             */
            digest?: string | null;
            /**
             * Draft
             * @description The revision of its draft; null: there is none.
             */
            draft?: number | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             * @description When it was last published or its draft changed.
             */
            updated_at: string;
            /**
             * Deleted At
             * @description When it was put into the bin.
             */
            deleted_at?: string | null;
            /**
             * Deployments
             * @default []
             */
            deployments?: components["schemas"]["DeploymentOfWorkflow"][];
            last_run?: components["schemas"]["LastRunOfWorkflow"] | null;
        };
        /**
         * WorkflowDefinition
         * @description What a version or a draft says.
         */
        WorkflowDefinition: {
            /** Workflow */
            workflow: string;
            /**
             * Version
             * @description The version's number; null: it is the draft.
             */
            version?: number | null;
            /** Digest */
            digest?: string | null;
            /**
             * Revision
             * @description The draft's revision; null: it is a version.
             */
            revision?: number | null;
            /**
             * Form
             * @description How it was written.
             * @enum {string}
             */
            form: "nodes" | "steps";
            /**
             * Text
             * @description As it was written, YAML or JSON, comments and all.
             */
            text: string;
            /**
             * Definition
             * @description The same as JSON, in the form it was written in; null: it cannot be read.
             */
            definition?: {
                [key: string]: unknown;
            } | null;
            /**
             * Graph
             * @description The same as nodes and connections, for a canvas; null: it cannot be read.
             */
            graph?: {
                [key: string]: unknown;
            } | null;
            validation: components["schemas"]["Validation"];
        };
        /**
         * WorkflowDetail
         * @description A workflow with its definition.
         */
        WorkflowDetail: {
            /** Name */
            name: string;
            /** Title */
            title?: string | null;
            /** Description */
            description?: string | null;
            /**
             * Tags
             * @description Those in its file, and those it was given beside it.
             */
            tags: string[];
            /**
             * Given Tags
             * @description Those it was given: `PUT …/tags` replaces them.
             */
            given_tags: string[];
            /**
             * Owner
             * @description A user's id; null: everybody's, as far as their role goes.
             */
            owner?: string | null;
            /**
             * Version
             * @description The number of the latest version; null: not published yet.
             */
            version?: number | null;
            /**
             * Digest
             * @description Twelve hex digits of the latest version.
             */
            digest?: string | null;
            /**
             * Draft
             * @description The revision of its draft; null: there is none.
             */
            draft?: number | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             * @description When it was last published or its draft changed.
             */
            updated_at: string;
            /**
             * Deleted At
             * @description When it was put into the bin.
             */
            deleted_at?: string | null;
            /**
             * Deployments
             * @default []
             */
            deployments?: components["schemas"]["DeploymentOfWorkflow"][];
            last_run?: components["schemas"]["LastRunOfWorkflow"] | null;
            definition: components["schemas"]["WorkflowDefinition"];
        };
        /**
         * WorkflowDifference
         * @description What is different, by node and field; `lines` says the same to people.
         */
        WorkflowDifference: {
            /** Before */
            before: string;
            /** After */
            after: string;
            /** Same */
            same: boolean;
            /**
             * Only Looks
             * @description Nothing of what a run does is different.
             */
            only_looks: boolean;
            /** Nodes */
            nodes: components["schemas"]["NodeDifference"][];
            connections: components["schemas"]["ConnectionDifference"];
            /** Fields */
            fields: components["schemas"]["FieldDifference"][];
            /** Lines */
            lines: string[];
        };
        /**
         * WorkflowEditing
         * @description `mine`: the window that asked edits it. `editor` is who does; null: nobody.
         */
        WorkflowEditing: {
            /** Mine */
            mine: boolean;
            editor?: components["schemas"]["WorkflowEditor"] | null;
        };
        /**
         * WorkflowEditor
         * @description Who edits a workflow.
         */
        WorkflowEditor: {
            /**
             * Name
             * @description For people.
             */
            name: string;
            /** User Id */
            user_id?: string | null;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /**
             * Seen At
             * Format: date-time
             * @description When they were last heard of.
             */
            seen_at: string;
            /**
             * Is You
             * @description You, in this window or another.
             */
            is_you: boolean;
        };
        /**
         * WorkflowPage
         * @description Workflows that one may see.
         */
        WorkflowPage: {
            /** Items */
            items: components["schemas"]["Workflow"][];
            /**
             * Next
             * @description The `cursor` of the next page; null: this is the last.
             */
            next?: string | null;
        };
        /**
         * WorkflowVersion
         * @description A published version. It never changes.
         */
        WorkflowVersion: {
            /** Workflow */
            workflow: string;
            /** Version */
            version: number;
            /** Digest */
            digest: string;
            /** Is Latest */
            is_latest: boolean;
            /**
             * Form
             * @enum {string}
             */
            form: "nodes" | "steps";
            /** Note */
            note?: string | null;
            /** Author */
            author?: string | null;
            /**
             * Created At
             * Format: date-time
             * @description When it was last made the latest.
             */
            created_at: string;
            /**
             * Deployments
             * @description Those that use it, by name.
             * @default []
             */
            deployments?: string[];
            /**
             * Runs
             * @description Unfinished runs of it, by status.
             * @default {}
             */
            runs?: {
                [key: string]: number;
            };
            /** @description How it became the latest, if by rolling back. */
            rolled_back?: components["schemas"]["RollBack"] | null;
        };
    };
    responses: {
        /** @description The request cannot be read. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nobody is signed in, or the session or key counts no more. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Whoever asks is known, and may not do this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is not there, or the caller is not to know of it. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The address does not know this method. */
        MethodNotAllowed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request did not arrive in time. */
        RequestTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is not in a state in which this can be done. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It was changed since it was read. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The address with its query is too long. */
        AddressTooLong: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is of a kind that is not read here. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The server does not answer to the host's name that was asked for. */
        MisdirectedRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What was asked for is wrong; `issues` has everything that is. */
        Unprocessable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `If-Match` is missing. */
        PreconditionRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description More than is allowed in this time; `Retry-After` says when to try again. */
        TooManyRequests: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The headers are too large. */
        HeadersTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A defect of Treadle; the log has more under the id in `details`. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something optional is not installed or not allowed here. */
        NotAvailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The store cannot be used now, or the process is about to stop. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    executeWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExecuteBody"];
            };
        };
        responses: {
            /** @description It is done: its result; with `stream` its events, as `followRun` tells them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResult"];
                    "text/event-stream": components["schemas"]["LiveEvent"];
                };
            };
            /** @description It goes on, or waits for something: `Location` says where it is. */
            202: {
                headers: {
                    /** @description Where the run is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    executeDefinition: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestBody"];
            };
        };
        responses: {
            /** @description It is done: its result; with `stream` its events, as `followRun` tells them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResult"];
                    "text/event-stream": components["schemas"]["LiveEvent"];
                };
            };
            /** @description It goes on, or waits for something: `Location` says where it is. */
            202: {
                headers: {
                    /** @description Where the run is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    listRuns: {
        parameters: {
            query?: {
                workflow?: string | null;
                deployment?: string | null;
                /** @description One or several. */
                status?: ("queued" | "running" | "suspended" | "completed" | "failed" | "cancelled")[] | null;
                mode?: ("live" | "paper" | "test") | null;
                /** @description Runs that this one started. */
                parent?: string | null;
                /** @description Started, or due, then or later. */
                from?: string | null;
                /** @description Started, or due, before. */
                to?: string | null;
                /** @description How the id begins. */
                id?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    getRunResult: {
        parameters: {
            query?: {
                /** @description Seconds to wait until it has finished. */
                timeout?: number;
            };
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResult"];
                };
            };
        };
    };
    getRunInput: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunInput"];
                };
            };
        };
    };
    recordTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": unknown;
                };
            };
        };
    };
    queryRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
        };
    };
    getRunNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
                /** @description `each[2]/send` */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeResult"];
                };
            };
        };
    };
    listRunLog: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
        };
    };
    listRunTimeline: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimelinePage"];
                };
            };
        };
    };
    listRunChildren: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    retryRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    resolveRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    forkRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForkBody"];
            };
        };
        responses: {
            /** @description With `dry_run`: what would be copied, and what would run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForkPlan"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    moveRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read; `*`: whatever it is. */
                "If-Match"?: string | null;
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovePlan"];
                };
            };
        };
    };
    signalRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignalBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentSignal"];
                };
            };
        };
    };
    dismissRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DismissedRuns"];
                };
            };
        };
    };
    continueRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ContinueBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    setBreakpoints: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BreakpointsBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Breakpoints"];
                };
            };
        };
    };
    moveRuns: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MovesBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovingRuns"];
                };
            };
        };
    };
    listDeployments: {
        parameters: {
            query?: {
                workflow?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPage"];
                };
            };
        };
    };
    createDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateDeployment"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    getDeployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Send it back as `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    deleteDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read; `*`: whatever it is. */
                "If-Match"?: string | null;
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateDeployment"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Send it back as `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    previewMoves: {
        parameters: {
            query?: {
                version?: string;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovingRuns"];
                };
            };
        };
    };
    startDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartDeployment"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    pauseDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    stopDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StopDeployment"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    getDeploymentHalt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Halt"];
                };
            };
        };
    };
    haltDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EngageHalt"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Halt"];
                };
            };
        };
    };
    resetDeploymentHalt: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Halt"];
                };
            };
        };
    };
    cloneDeployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CloneDeployment"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    listTriggers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggerList"];
                };
            };
        };
    };
    getDeploymentMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Metrics"];
                };
            };
        };
    };
    compareDeployments: {
        parameters: {
            query: {
                with: string;
                from?: string | null;
                to?: string | null;
                /** @description The newest so many runs of each. */
                limit?: number;
                confidence?: number;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
        };
    };
    getDeploymentState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentState"];
                };
            };
        };
    };
    clearDeploymentState: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cleared"];
                };
            };
        };
    };
    setDeploymentState: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StateValue"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentState"];
                };
            };
        };
    };
    removeDeploymentState: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the deployment is called. */
                name: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getBot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BotFigures"];
                };
            };
        };
    };
    listTrades: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
                /** @description Only of this one. */
                symbol?: string | null;
                side?: ("long" | "short") | null;
                outcome?: ("won" | "lost") | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TradePage"];
                };
            };
        };
    };
    exportTrades: {
        parameters: {
            query?: {
                /** @description Only of this one. */
                symbol?: string | null;
                side?: ("long" | "short") | null;
                outcome?: ("won" | "lost") | null;
                from?: string | null;
                to?: string | null;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line a trade, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
        };
    };
    listPositions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionList"];
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description Those that something is still to become of. */
                open?: boolean;
                /** @description Only of this one. */
                symbol?: string | null;
                status?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderPage"];
                };
            };
        };
    };
    getEquity: {
        parameters: {
            query?: {
                from?: string | null;
                to?: string | null;
                /** @description At most so many; they look like all of them. */
                points?: number;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EquitySeries"];
                };
            };
        };
    };
    listRunDaysOfDeployment: {
        parameters: {
            query?: {
                /** @description How many, today included. */
                days?: number;
            };
            header?: never;
            path: {
                /** @description What the deployment is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDayList"];
                };
            };
        };
    };
    listRunDays: {
        parameters: {
            query?: {
                /** @description How many, today included. */
                days?: number;
                workflow?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDayList"];
                };
            };
        };
    };
    listBacktests: {
        parameters: {
            query?: {
                workflow?: string | null;
                kind?: ("backtest" | "sweep" | "walk_forward" | "monte_carlo") | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BacktestPage"];
                };
            };
        };
    };
    startBacktest: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartBacktest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedBacktest"];
                };
            };
        };
    };
    compareBacktests: {
        parameters: {
            query: {
                a: string;
                b: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BacktestComparison"];
                };
            };
        };
    };
    getBacktest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BacktestDetail"];
                };
            };
        };
    };
    deleteBacktest: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    cancelBacktest: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BacktestSummary"];
                };
            };
        };
    };
    getBacktestEquity: {
        parameters: {
            query?: {
                /** @description At most so many; they look like all of them. */
                points?: number;
            };
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EquityCurve"];
                };
            };
        };
    };
    listBacktestTrades: {
        parameters: {
            query?: {
                sort?: "number" | "-number" | "profit" | "-profit" | "share" | "-share" | "held" | "-held" | "mae" | "-mae" | "mfe" | "-mfe" | "opened" | "-opened";
                /** @description ISO 8601, or milliseconds since 1970. */
                since?: string | null;
                until?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BacktestTradePage"];
                };
            };
        };
    };
    getBacktestCandles: {
        parameters: {
            query?: {
                /** @description Default: the first. */
                symbol?: string | null;
                /** @description ISO 8601, or milliseconds since 1970. */
                since?: string | null;
                until?: string | null;
                /** @description At most so many; they look like all of them. */
                points?: number;
            };
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Candles"];
                };
            };
        };
    };
    getBacktestValues: {
        parameters: {
            query: {
                /** @description ISO 8601, or milliseconds since 1970. */
                at: string;
            };
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WireValues"];
                };
            };
        };
    };
    getBacktestSweep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sweep"];
                };
            };
        };
    };
    getBacktestWalkForward: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WalkForward"];
                };
            };
        };
    };
    getBacktestMonteCarlo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MonteCarlo"];
                };
            };
        };
    };
    getBacktestReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page that fetches nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    exportBacktest: {
        parameters: {
            query?: {
                format?: "json" | "csv" | "parquet" | "html";
                /** @description Of CSV and Parquet, which table. */
                what?: "trades" | "equity" | "fills";
            };
            header?: never;
            path: {
                /** @description The id that it was given. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "text/csv": string;
                    "application/vnd.apache.parquet": string;
                    "text/html": string;
                };
            };
        };
    };
    listBars: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptBarsPage"];
                };
            };
        };
    };
    uploadBars: {
        parameters: {
            query: {
                /** @description Of the file: `btc.csv`, `btc.parquet`. */
                name: string;
                /** @description How long a bar is, where it cannot be told. */
                timeframe?: string | null;
            };
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
                "application/vnd.apache.parquet": string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptBars"];
                };
            };
        };
    };
    downloadBars: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DownloadBars"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BarsDownload"];
                };
            };
        };
    };
    listBarsDownloads: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BarsDownloadPage"];
                };
            };
        };
    };
    cancelBarsDownload: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id that it was given. */
                download_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteBars: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As `GET /bars` tells it: `binance:BTC/USDT@1h`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listSchedules: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchedulePage"];
                };
            };
        };
    };
    getSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `deployment`, or `deployment:trigger`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleList"];
                };
            };
        };
    };
    listFireTimesOf: {
        parameters: {
            query?: {
                count?: number;
            };
            header?: never;
            path: {
                /** @description `deployment`, or `deployment:trigger`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FireTimes"];
                };
            };
        };
    };
    pauseSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description `deployment`, or `deployment:trigger`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleList"];
                };
            };
        };
    };
    resumeSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description `deployment`, or `deployment:trigger`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleList"];
                };
            };
        };
    };
    listFireTimes: {
        parameters: {
            query?: {
                count?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FireTimes"];
                };
            };
        };
    };
    previewSchedule: {
        parameters: {
            query: {
                /** @description Five fields, or six, seconds first: `30 9 * * MON-FRI`. */
                cron: string;
                timezone?: string;
                count?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FireTimes"];
                };
            };
        };
    };
    listTasks: {
        parameters: {
            query?: {
                /** @description `all`: answered, expired and cancelled too. */
                status?: "open" | "all";
                /** @description Only what the caller may answer. */
                mine?: boolean;
                run?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
        };
    };
    getTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a task. */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDetail"];
                };
            };
        };
    };
    completeTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a task. */
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteTask"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
        };
    };
    listSignals: {
        parameters: {
            query?: {
                /** @description Whom they are about. */
                key?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalPage"];
                };
            };
        };
    };
    sendSignal: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendSignal"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentSignal"];
                };
            };
        };
    };
    dropSignal: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                signal_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    publishEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishEvent"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedEvent"];
                };
            };
        };
    };
    listListeners: {
        parameters: {
            query: {
                topic: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listeners"];
                };
            };
        };
    };
    followRun: {
        parameters: {
            query?: {
                /** @description As `Last-Event-ID`, for who cannot send headers; that one counts. */
                after?: string | null;
                /** @description Bytes of JSON that a value may have before it is cut. */
                max_value_bytes?: number;
            };
            header?: {
                /** @description The last event that was had: what comes is what follows it. */
                "Last-Event-ID"?: string | null;
            };
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events as they happen, as `data` of server-sent events, each with its `id`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Everything has been told: nothing comes after the event that was named. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    followDeployment: {
        parameters: {
            query?: {
                /** @description As `Last-Event-ID`, for who cannot send headers; that one counts. */
                after?: string | null;
                /** @description Begin with what happened then, as far as it is known. */
                since?: string | null;
                /** @description Bytes of JSON that a value may have before it is cut. */
                max_value_bytes?: number;
            };
            header?: {
                /** @description The last event that was had: what comes is what follows it. */
                "Last-Event-ID"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events as they happen, as `data` of server-sent events, each with its `id`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Everything has been told: nothing comes after the event that was named. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    followEverything: {
        parameters: {
            query?: {
                /** @description As `Last-Event-ID`, for who cannot send headers; that one counts. */
                after?: string | null;
                /** @description Begin with what happened then, as far as it is known. */
                since?: string | null;
                /** @description Bytes of JSON that a value may have before it is cut. */
                max_value_bytes?: number;
            };
            header?: {
                /** @description The last event that was had: what comes is what follows it. */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events as they happen, as `data` of server-sent events, each with its `id`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Everything has been told: nothing comes after the event that was named. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listFailures: {
        parameters: {
            query?: {
                workflow?: string | null;
                /** @description Its type, or a part of its message. */
                error?: string | null;
                /** @description Failed then or later. */
                from?: string | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FailurePage"];
                };
            };
        };
    };
    retryFailures: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FailureSelection"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetriedRuns"];
                };
            };
        };
    };
    dismissFailures: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FailureSelection"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DismissedRuns"];
                };
            };
        };
    };
    startReplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaySelection"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayReport"];
                };
            };
        };
    };
    reportReplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaySelection"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    listWorkflows: {
        parameters: {
            query?: {
                /** @description In name, title or description. */
                search?: string | null;
                tag?: string | null;
                /** @description A user's id. */
                owner?: string | null;
                /** @description Those in the bin, and no others. */
                deleted?: boolean;
                /** @description `-`: the last comes first. */
                sort?: "name" | "-name" | "updated" | "-updated";
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowPage"];
                };
            };
        };
    };
    createWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWorkflow"];
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDetail"];
                };
            };
        };
    };
    validateWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefinitionBody"];
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
        };
    };
    getWorkflow: {
        parameters: {
            query?: {
                /** @description A number, the beginning of a digest, `latest` or `draft`. */
                version?: string | null;
                /** @description `yaml`: the text alone; so does `Accept: application/yaml`. */
                form?: ("json" | "yaml") | null;
            };
            header?: {
                /** @description The `ETag` one has: 304 if it still holds. */
                "If-None-Match"?: string | null;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Send it back as `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDetail"];
                    "application/yaml": unknown;
                };
            };
            /** @description It is what `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    saveDraft: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read; `*`: whatever it is. */
                "If-Match"?: string | null;
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefinitionBody"];
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description Send it back as `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDefinition"];
                };
            };
        };
    };
    deleteWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    discardDraft: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read; `*`: whatever it is. */
                "If-Match"?: string | null;
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    restoreWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    duplicateWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DuplicateWorkflow"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDetail"];
                };
            };
        };
    };
    setTags: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetTags"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    listTags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagList"];
                };
            };
        };
    };
    publishWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read; `*`: whatever it is. */
                "If-Match"?: string | null;
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PublishWorkflow"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedVersion"];
                };
            };
        };
    };
    rollBackWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBackWorkflow"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedVersion"];
                };
            };
        };
    };
    listVersions: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionPage"];
                };
            };
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the workflow is called. */
                name: string;
                /** @description A number, the beginning of a digest, or `latest`. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDefinition"];
                };
            };
        };
    };
    diffVersions: {
        parameters: {
            query: {
                /** @description A number, a digest, `latest` or `draft`. */
                before: string;
                after?: string;
            };
            header?: never;
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowDifference"];
                };
            };
        };
    };
    exportWorkflow: {
        parameters: {
            query?: {
                /** @description A number, the beginning of a digest, `latest` or `draft`. */
                version?: string | null;
            };
            header?: never;
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": unknown;
                };
            };
        };
    };
    exportWorkflows: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExportWorkflows"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bundle"];
                };
            };
        };
    };
    importWorkflows: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportWorkflows"];
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportResult"];
                };
            };
        };
    };
    getEditing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowEditing"];
                };
            };
        };
    };
    keepEditing: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepEditing"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowEditing"];
                };
            };
        };
    };
    endEditing: {
        parameters: {
            query: {
                /** @description As it was given to edit it. */
                window: string;
            };
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listTemplates: {
        parameters: {
            query?: {
                /** @description In name, title, description, category or tags; every word. */
                search?: string | null;
                category?: string | null;
                tag?: string | null;
                difficulty?: ("beginner" | "intermediate" | "advanced") | null;
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatePage"];
                };
            };
        };
    };
    publishTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishTemplate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedTemplateDetail"];
                };
            };
        };
    };
    importTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportTemplate"];
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedTemplateDetail"];
                };
            };
        };
    };
    recommendTemplates: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecommendTemplates"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecommendedTemplates"];
                };
            };
        };
    };
    getTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateDetail"];
                };
            };
        };
    };
    deleteTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    exportTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": unknown;
                };
            };
        };
    };
    instantiateTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstantiateTemplate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstantiatedTemplate"];
                };
            };
        };
    };
    listTemplateUses: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateUsePage"];
                };
            };
        };
    };
    listTemplateReviews: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateReviewPage"];
                };
            };
        };
    };
    rateTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RateTemplate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateStatistics"];
                };
            };
        };
    };
    unrateTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the template is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listNodeTypes: {
        parameters: {
            query?: {
                /** @description In type, title or description. */
                search?: string | null;
                /** @description What stands before the dot. */
                category?: string | null;
                kind?: ("pure" | "effect" | "trigger" | "container" | "note") | null;
                /** @description Each in full, with an `ETag` for all. */
                detail?: boolean;
            };
            header?: {
                /** @description The `ETag` one has: 304 if it still holds. */
                "If-None-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTypeList"];
                };
            };
            /** @description They are what `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getNodeType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As in a workflow file: `http.request`. */
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTypeDetail"];
                };
            };
        };
    };
    findPorts: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As in a workflow file: `http.request`. */
                type: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodePortsBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePorts"];
                };
            };
        };
    };
    testNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As in a workflow file: `http.request`. */
                type: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeTestBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTestResult"];
                };
            };
        };
    };
    getInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Info"];
                };
            };
        };
    };
    evaluateExpression: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluateBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluatedExpression"];
                };
            };
        };
    };
    listFunctions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExpressionFunctions"];
                };
            };
        };
    };
    listProfiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileList"];
                };
            };
        };
    };
    createProfile: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProfile"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileInfo"];
                };
            };
        };
    };
    getProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileInfo"];
                };
            };
        };
    };
    deleteProfile: {
        parameters: {
            query?: {
                /** @description Also where deployments are bound to it. */
                force?: boolean;
            };
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedProfile"];
                };
            };
        };
    };
    updateProfile: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileInfo"];
                };
            };
        };
    };
    testProfile: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionTestResult"];
                };
            };
        };
    };
    listSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretList"];
                };
            };
        };
    };
    setSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As in `secrets.name`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretValue"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretInfo"];
                };
            };
        };
    };
    deleteSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description As in `secrets.name`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRotation"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listMySessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
        };
    };
    endMyOtherSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
        };
    };
    endMySession: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    listUserNames: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserNames"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeUser"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    disableUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    enableUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    setUserPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetPassword"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    makeSignInLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MakeLink"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInLink"];
                };
            };
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
        };
    };
    listUserKeys: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
        };
    };
    revokeUserKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transferUserWorkflows: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferWorkflows"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transferred"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
        };
    };
    makeKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MakeKey"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
        };
    };
    listAllKeys: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listTeams: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamPage"];
                };
            };
        };
    };
    createTeam: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTeam"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    getTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    deleteTeam: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateTeam: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A name or an id. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTeam"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    getSharing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sharing"];
                };
            };
        };
    };
    shareWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShareWith"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sharing"];
                };
            };
        };
    };
    unshareWorkflow: {
        parameters: {
            query: {
                kind: "user" | "team" | "everybody";
                /** @description The user or team. */
                with?: string;
            };
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sharing"];
                };
            };
        };
    };
    transferWorkflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description What the workflow is called. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferWorkflow"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sharing"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description At most so many items. */
                limit?: number;
                /** @description The `next` of the page before; without it, the first page. */
                cursor?: string | null;
                /** @description A user's name or id. */
                actor?: string | null;
                /** @description `runs.cancel`, or `runs` for all. */
                action?: string | null;
                /** @description What it was done to. */
                subject?: string | null;
                outcome?: ("done" | "refused" | "failed") | null;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                format?: "ndjson" | "csv";
                /** @description A user's name or id. */
                actor?: string | null;
                /** @description `runs.cancel`, or `runs` for all. */
                action?: string | null;
                /** @description What it was done to. */
                subject?: string | null;
                outcome?: ("done" | "refused" | "failed") | null;
                since?: string | null;
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One entry a line, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
        };
    };
    diagnoseSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemModel"];
                };
            };
        };
    };
    backUpSystem: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice, new for each change; sent again, the request is not done again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupModel"];
                };
            };
        };
    };
}
