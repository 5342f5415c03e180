import { index, layout, type RouteConfig, route } from "@react-router/dev/routes";

export default [
  index("routes/home.tsx"),
  route("sign-in", "routes/sign-in.ts"),
  route("sign-out", "routes/sign-out.ts"),
  route("sign-out-everywhere", "routes/sign-out-everywhere.ts"),
  route("private/confirm", "routes/confirm.ts"),
  layout("routes/private-layout.tsx", [
    route("private", "routes/private.tsx"),
    route("private/devices", "routes/devices.tsx"),
  ]),
] satisfies RouteConfig;
