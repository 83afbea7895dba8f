// Where a deployment is shown.

export function deploymentAddress(name: string): string {
  return `/deployments/${encodeURIComponent(name)}`;
}

/** Below the deployment's own: whatever one is called, no address of another is hidden. */
export function compareAddress(name: string, other?: string): string {
  return `${deploymentAddress(name)}/compare${other === undefined ? "" : `?with=${encodeURIComponent(other)}`}`;
}
