/// <reference types="vite/client" />
declare module "@fontsource-variable/geist/wght.css";
declare module "@fontsource-variable/geist-mono/wght.css";
