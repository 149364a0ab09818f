@echo off
rem Double-click me: starts Fude inside WSL2 and opens it in the browser.
rem ダブルクリックすると WSL2 の中で Fude が動き、ブラウザーで開きます。
chcp 65001 >nul
title Fude
wsl.exe --status >nul 2>nul
if errorlevel 1 (
  echo Fude runs inside WSL2, which is not set up yet. In PowerShell, as an administrator:
  echo     wsl --install -d Debian
  echo Restart Windows, then double-click start.bat again.
  echo.
  echo WSL2 がまだありません。PowerShell を管理者として開き、上のコマンドを実行して再起動してから、
  echo もう一度 start.bat をダブルクリックしてください。
  pause
  exit /b 1
)
wsl.exe --cd "%~dp0." --exec bash ./start %*
if errorlevel 1 pause
