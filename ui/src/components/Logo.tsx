// The mark: a weft thread that goes under the middle warp. The same as `public/favicon.svg`.

export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3a3fae" />
      <g fill="none" strokeLinecap="round" strokeWidth="3.2">
        <path stroke="#aab0f6" d="M8.5 18v6.5M23.5 18v6.5M8.5 7v1M23.5 7v1" />
        <path stroke="#fff" d="M16 7v17.5" />
        <path stroke="#ffb38a" d="M5.8 13h6.6M19.6 13h6.6" />
      </g>
    </svg>
  );
}
