<?php

declare(strict_types=1);

/** Serves interop/php/examples/laravel by PHP's own server, for the tests in TypeScript: Laravel's router, guards and encrypted cookies. */

use App\Http\Controllers\SessionController;
use App\Http\Middleware\AuthenticateRwt;
use App\Providers\RwtServiceProvider;
use Illuminate\Auth\AuthServiceProvider;
use Illuminate\Config\Repository;
use Illuminate\Container\Container;
use Illuminate\Contracts\Encryption\Encrypter as EncrypterContract;
use Illuminate\Cookie\Middleware\EncryptCookies;
use Illuminate\Encryption\Encrypter;
use Illuminate\Events\Dispatcher;
use Illuminate\Http\Request;
use Illuminate\Pipeline\Pipeline;
use Illuminate\Routing\Router;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Facade;

error_reporting(E_ALL & ~E_DEPRECATED);
require __DIR__ . '/../../autoload.php';
foreach (['Auth', 'Config', 'Cookie', 'Encryption', 'Events', 'Http', 'Pipeline', 'Routing'] as $component) {
    require_once "Illuminate/$component/autoload.php";
}
require __DIR__ . '/User.php';
foreach (['AuthenticateRwt', 'RwtServiceProvider', 'SessionController'] as $class) {
    require __DIR__ . "/../../examples/laravel/$class.php";
}

$app = new Container();
Container::setInstance($app);
Facade::setFacadeApplication($app);
$app->instance('config', new Repository([
    'auth' => ['defaults' => ['guard' => 'rwt'], 'guards' => ['rwt' => ['driver' => 'rwt']]],
    'rwt' => ['redis' => ['host' => '127.0.0.1', 'port' => getenv('REDIS_PORT')], 'secret' => getenv('RWT_SECRET')],
]));
$request = Request::capture();
$app->instance('request', $request);
$app->alias('request', Request::class);
$app->instance('events', new Dispatcher($app));
$app->instance(EncrypterContract::class, new Encrypter(random_bytes(32), 'AES-256-CBC'));
foreach ([AuthServiceProvider::class, RwtServiceProvider::class] as $class) {
    $provider = new $class($app);
    $provider->register();
    if (method_exists($provider, 'boot')) {
        $provider->boot();
    }
}

// As in app/Http/Middleware/EncryptCookies.php.
$encryptCookies = new class ($app->make(EncrypterContract::class)) extends EncryptCookies {
    protected $except = ['__Host-rwt'];
};
$router = new Router($app->make('events'), $app);
$router->post('/login', [SessionController::class, 'store']);
$router->post('/logout', [SessionController::class, 'destroy']);
$router->get('/private', static fn (Request $request): string
    => "Hello {$request->attributes->get('rwt')['data']['name']}, " . Auth::user()?->getAuthIdentifier())->middleware(AuthenticateRwt::class);
(new Pipeline($app))->send($request)->through([$encryptCookies])->then($router->dispatch(...))->send();
