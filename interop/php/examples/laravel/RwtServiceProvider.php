<?php

declare(strict_types=1);

namespace App\Providers;

use App\Models\User;
use Illuminate\Contracts\Container\Container;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\ServiceProvider;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\RedisWebToken;

/** Makes the service, and the guard `rwt`. */
final class RwtServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(RequestAuth::class, static function (Container $app): RequestAuth {
            ['redis' => $redis, 'secret' => $secret] = $app->make('config')->get('rwt');

            return new RequestAuth(new RedisWebToken(['redis' => $redis]), $secret, ['from' => ['bearer', 'cookie']]);
        });
    }

    public function boot(): void
    {
        Auth::viaRequest('rwt', static function (Request $request): ?User {
            $subject = $request->attributes->get('rwt')['subject'] ?? null;

            return $subject === null ? null : User::find($subject);
        });
    }
}
