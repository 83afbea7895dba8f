// Where a deployment is shown.

export function deploymentAddress(name: string): string {
  return `/deployments/${encodeURIComponent(name)}`;
}
