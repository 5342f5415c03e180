import { Outlet } from "react-router";

// No cache may keep what depends on a session.
export const headers = () => ({ "Cache-Control": "no-store" });

export default Outlet;
