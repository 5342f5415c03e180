import { ClientMissingError } from "../errors.ts";

/** Loads a client, which is an optional peer dependency. */
export const loadClient = <Module>(name: string, importing: Promise<Module>): Promise<Module> =>
  importing.catch((cause: unknown) => {
    throw new ClientMissingError(`this store needs the package ${name}: npm install ${name}`, { cause });
  });
