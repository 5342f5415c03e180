import { Outlet } from "react-router";
import { requireSession } from "../session.server.ts";

export const middleware = [requireSession];

export default Outlet;
