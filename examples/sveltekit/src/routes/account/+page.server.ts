import { redirect } from "@sveltejs/kit";
import { auth } from "#lib/server/auth.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  const { data } = auth.requireSession(event);
  const { sessions } = await auth.listSessions(event);
  return {
    name: data.name,
    devices: sessions.map(({ meta, current }) => ({ name: `${meta?.device}`, current })),
  };
};

export const actions: Actions = {
  signOut: async (event) => {
    await auth.signOut(event);
    redirect(303, "/");
  },
  signOutEverywhere: async (event) => {
    await auth.endOtherSessions(event);
    await auth.signOut(event);
    redirect(303, "/");
  },
};
