import { type DynamicModule, Module } from "@nestjs/common";
import type { Rwt } from "redis-web-token";
import { RwtModule } from "redis-web-token/nest";
import { AppController, PrivateController, type User } from "./app.controller.ts";

@Module({ controllers: [AppController, PrivateController] })
export class AppModule {
  static with(rwt: Rwt<User>): DynamicModule {
    return { module: AppModule, imports: [RwtModule.forRoot({ rwt, from: ["cookie"] })] };
  }
}
