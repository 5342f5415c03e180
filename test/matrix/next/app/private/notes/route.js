export const POST = () => Response.json({ noted: true });
